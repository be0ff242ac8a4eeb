"""Runner of the cases of leave: every night until the date of the case. See docs/cas.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.valeurs import Resultat
from pipelines.conges.cas.entrees import Entrees, parse_entrees
from pipelines.conges.cas.explication import explain
from pipelines.conges.cas.paiements import CHAMPS, OPTIONS, Demandes, parse_demandes
from pipelines.conges.cas.reglements import gather_argent, read_table
from pipelines.conges.regles.acquisition.acquis import ACQUIS, UN_MOIS
from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    Acquisition,
    compute_acquisition,
)
from pipelines.conges.regles.paiement.arrets import list_occupations
from pipelines.conges.regles.paiement.calcul import Publies, compute_paiements
from pipelines.conges.regles.paiement.compteurs import compute_compteurs
from pipelines.conges.regles.paiement.conges_payes import list_conges_payes
from pipelines.conges.regles.paiement.prises import list_small
from pipelines.conges.regles.paiement.situation import Situation, gather_situation
from pipelines.conges.regles.paiement.sommes_dues import list_dus
from specs.contrats import computed_schema
from specs.montants import rounded_ratio

PUBLIEES = (
    "certificats", "droits", "compteurs_conges", "demandes_conges", "prises_conges", "decomptes",
    "lignes_decompte", "attestations_fiscales", "dus_conges",
)  # fmt: skip
EXERCICE = ["salarie", "exercice"]
ARGENT = (
    "indemnite_btp_centimes", "indemnite_dixieme_centimes", "methode", "indemnite_centimes",
    "prime_due",
)  # fmt: skip
TABLES: Mapping[str, pl.Schema] = MappingProxyType({nom: computed_schema(nom) for nom in PUBLIEES})


@dataclass(frozen=True, slots=True)
class Nuit:
    """What the last night left."""

    acquisition: Acquisition
    situation: Situation
    publies: Publies
    heritiers: pl.DataFrame


def run(champs: Champs, date_arrete: date) -> Resultat:
    """The tables of leave at the end of the last night."""
    entrees = parse_entrees(champs, CHAMPS, OPTIONS)
    demandes = parse_demandes(champs)
    certificats, publies = CERTIFICATS.to_frame(), Publies()
    jours = {jour for jour in demandes.nights() if jour < date_arrete}
    for jour in sorted({*entrees.nights(date_arrete), *jours}):
        nuit = _play(entrees, demandes, certificats, publies, jour)
        certificats, publies = nuit.acquisition.certificats, nuit.publies
    tables = {
        nom: frame.match_to_schema(TABLES[nom], missing_columns="insert", extra_columns="ignore")
        for nom, frame in _tables(nuit).items()
    }
    return Resultat(MappingProxyType(tables), tuple(explain(tables)))


def _play(
    entrees: Entrees, demandes: Demandes, certificats: pl.DataFrame, publies: Publies, jour: date
) -> Nuit:
    connu, savoir = entrees.known(jour), entrees.savoir
    payes = list_conges_payes(publies.decomptes, publies.prises, publies.demandes, savoir)
    avec = replace(connu, conges=pl.concat([connu.conges, payes.select(connu.conges.columns)]))
    acquisition = compute_acquisition(avec, certificats, jour, savoir)
    heritiers = read_table(demandes, "heritiers", jour)
    situation = gather_situation(
        acquisition,
        publies,
        list_occupations(connu.absences),
        pl.concat([read_table(demandes, "compensations", jour), _accepted(heritiers)]),
        jour,
        savoir,
        read_table(demandes, "renonciations", jour),
    )
    if not (
        demandes.demandes or list_small(situation.connu.droits).height or publies.prises.height
    ):
        return Nuit(acquisition, situation, publies, heritiers)  # nothing asks for a payment
    horaires = acquisition.acquis.sort(EXERCICE).unique("salarie", keep="last").select(
        "salarie", "horaire_centiemes"
    )  # fmt: skip
    argent = gather_argent(demandes, acquisition.certificats, acquisition.reports, situation, jour)
    suite = compute_paiements(
        demandes.read(jour, horaires), situation.connu, argent, publies, jour, savoir
    )
    return Nuit(acquisition, situation, suite, heritiers)


def _accepted(heritiers: pl.DataFrame) -> pl.DataFrame:
    """The compensations of which the heirs are named."""
    return heritiers.select("siren", "demande", "effet").unique()


def _tables(nuit: Nuit) -> dict[str, pl.DataFrame]:
    """As published: closed years alone, hours rounded."""
    connu, publies = nuit.situation.connu, nuit.publies
    argent = connu.droits.select(*EXERCICE, "droit", *ARGENT)
    clos = nuit.acquisition.acquis.match_to_schema(ACQUIS).filter("clos")
    return {
        "certificats": nuit.acquisition.certificats,
        "droits": clos.with_columns(
            heures_seuil_centiemes=rounded_ratio(pl.col("heures_seuil_fractions"), UN_MOIS)
        ).join(argent, on=EXERCICE, how="left", maintain_order="left"),
        "compteurs_conges": compute_compteurs(connu.acquis, connu.reports, publies.prises),
        "demandes_conges": publies.demandes,
        "prises_conges": publies.prises,
        "decomptes": publies.decomptes,
        "lignes_decompte": publies.lignes,
        "attestations_fiscales": publies.attestations,
        "dus_conges": list_dus(publies.decomptes, publies.lignes, nuit.heritiers),
    }
