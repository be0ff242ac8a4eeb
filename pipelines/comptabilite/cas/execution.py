"""Runner of the cases of accounts: the rules of the night, on the calls and payments of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.valeurs import Resultat
from pipelines.comptabilite.cas.entrees import parse_entrees
from pipelines.comptabilite.regles.comptes import compute_comptes
from specs.contrats import computed_schema
from specs.typographie import format_date, format_euros

PUBLIEES = ("ecritures", "imputations", "creances", "soldes", "suites_decisions")
POSTES = {
    "OBLIGATOIRE": "cotisations obligatoires",
    "FACULTATIF": "autres cotisations",
    "MAJORATION": "majorations",
}


TABLES: Mapping[str, pl.Schema] = MappingProxyType({nom: computed_schema(nom) for nom in PUBLIEES})


def run(champs: Champs, date_arrete: date) -> Resultat:
    """Accounts of the company of the case at `date_arrete`, as on a first night."""
    entrees = parse_entrees(champs)
    rien = pl.DataFrame(schema=TABLES["ecritures"])
    comptes = compute_comptes(entrees.faits, rien, date_arrete, entrees.savoir)
    tables = {nom: getattr(comptes, nom) for nom in PUBLIEES}
    return Resultat(MappingProxyType(tables), tuple(explain(tables)))


def explain(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """Sentences, in French: each call with what paid it, each decision, each balance."""
    for creance in tables["creances"].iter_rows(named=True):
        yield from _explain_creance(creance, tables["imputations"])
    for suite in tables["suites_decisions"].iter_rows(named=True):
        motif = f" {suite['motif']}" if suite["motif"] else ""
        yield (
            f"Décision {suite['decision']} ({suite['nature']}) : {suite['etat']}, "
            f"{format_euros(suite['applique_centimes'])} sur "
            f"{format_euros(suite['decide_centimes'])}.{motif}"
        )
    for solde in tables["soldes"].iter_rows(named=True):
        yield (
            f"Centre {solde['cdg']} : appelé {format_euros(solde['appele_centimes'])}, réglé "
            f"{format_euros(solde['regle_centimes'])}, majorations "
            f"{format_euros(solde['majorations_centimes'])}, solde "
            f"{format_euros(solde['solde_centimes'])}, dont avoir non imputé "
            f"{format_euros(solde['avoir_centimes'])}"
        )


def _explain_creance(creance: Mapping[str, Any], imputations: pl.DataFrame) -> Iterator[str]:
    yield (
        f"Appel {creance['appel']}, exigible le {format_date(creance['date_exigibilite'])} : "
        f"{format_euros(creance['montant_centimes'])}, dont "
        f"{format_euros(creance['obligatoire_centimes'])} de cotisations obligatoires"
    )
    for paiement in imputations.filter(appel=creance["appel"]).iter_rows(named=True):
        yield (
            f"  payé par {paiement['origine']}, valeur du "
            f"{format_date(paiement['date_valeur'])} : "
            f"{format_euros(paiement['montant_centimes'])} de {POSTES[paiement['poste']]}"
        )
    yield (
        f"  reste {format_euros(creance['reste_centimes'])}, et "
        f"{format_euros(creance['reste_majorations_centimes'])} sur "
        f"{format_euros(creance['majorations_centimes'])} de majorations ({creance['etat']})"
    )
