"""`entrees` of a case of contributions -> the frames that the rules of the night read.

What a case does not say has one default, written here and in docs/cas.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cotisations.cas.bases import build_bases
from pipelines.cotisations.cas.registre import (
    ADHERENT,
    CDG,
    CHAMPS_REGISTRE,
    OUVERTURE,
    SIRET,
    parse_registre,
)
from pipelines.cotisations.cas.savoir import parse_savoir
from pipelines.cotisations.regles.appels import call_identifier
from pipelines.cotisations.regles.assiettes import ESTIMATION, RETENUE
from pipelines.registre import Registre
from specs.connaissances import Connaissances
from specs.contrats import read_contrat, schema_polars
from specs.montants import PPM

ARRIVEE_MAX = 99_999_999
CHAMPS_ENTREES = (
    "mois", "bases", "etablissements", "declarations", "autres_bases", "deja_appele", "baremes",
    "options", *CHAMPS_REGISTRE,
)  # fmt: skip
CHAMPS_AUTRE = (
    "source", "cdg", "siret", "mois", "mois_rattachement", "code", "montant", "centimes",
)  # fmt: skip
CHAMPS_ETABLISSEMENT = ("siret", "cdg", "adherent", "debut", "fin")
CHAMPS_DECLARATION = (
    "siret", "mois", "fraction", "ordre", "type", "nature", "version", "champ", "adherent",
    "arrivee", "bases",
)  # fmt: skip
CHAMPS_PUBLIES = (
    "cdg", "siren", "mois_appel", "rang", "mois_rattachement", "cotisation",
    "base_brute_centimes", "heures_centiemes", "refaction_ppm", "coefficient_ppm",
    "base_centimes", "abattement_centimes", "taux_ppm", "montant_centimes",
)  # fmt: skip
ETABLISSEMENTS = pl.Schema(
    {
        "numero_adherent": pl.String,
        "siren": pl.String,
        "cdg": pl.String,
        "siret": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
    }
)


@dataclass(frozen=True, slots=True)
class Entrees:
    """Registry, dated values and options; frames of contracts.

    `declarations_lues`, `bases_lues`, `bases` (those that come from no DSN), `lignes_appel`.
    """

    registre: Registre
    savoir: Connaissances
    declarations: pl.DataFrame
    bases: pl.DataFrame
    autres_bases: pl.DataFrame
    publiees: pl.DataFrame


def parse_entrees(champs: Champs) -> Entrees:
    """The frames of a case; CasInvalide names what is wrong."""
    champs.check_names(CHAMPS_ENTREES)
    ecrits = list(champs.children("etablissements")) or [Champs(champs.lieu, {})]
    etablissements = [_parse_etablissement(e) for e in ecrits]
    _check_sirets(champs, etablissements)
    proprietaires = {e["siret"]: e["numero_adherent"] for e in etablissements}
    ecrites = list(champs.children("declarations"))
    if {"mois", "bases"} & champs.valeurs.keys():
        courte = {nom: champs.valeurs[nom] for nom in ("mois", "bases") if nom in champs.valeurs}
        ecrites.insert(0, Champs(champs.lieu, courte))
    declarations = [_parse_declaration(d, n, proprietaires) for n, d in enumerate(ecrites, 1)]
    for rang, declaration in _ranks(declarations):
        declaration["rang_declaration"] = rang
    autres = champs.children("autres_bases")
    publiees = [_parse_publiee(p) for p in champs.children("deja_appele")]
    return Entrees(
        parse_registre(champs, pl.DataFrame(etablissements, ETABLISSEMENTS, orient="row")),
        parse_savoir(champs),
        _frame("declarations_lues", declarations).sort("depot", "rang_declaration"),
        build_bases(ecrites, declarations),
        _frame("bases", [_parse_autre(b, n) for n, b in enumerate(autres, 1)]),
        _frame("lignes_appel", publiees).with_columns(appel=call_identifier()),
    )


def _frame(table: str, lignes: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(lignes, schema_polars(read_contrat(table)), orient="row")


def _parse_etablissement(champs: Champs) -> dict[str, Any]:
    champs.check_names(CHAMPS_ETABLISSEMENT)
    siret = champs.read("siret", str, SIRET)
    return {
        "numero_adherent": champs.read("adherent", str, ADHERENT),
        "siren": siret[:9],
        "cdg": champs.read("cdg", str, CDG),
        "siret": siret,
        "debut": champs.read("debut", date, OUVERTURE),
        "fin": champs.read_optional("fin", date),
    }


def _check_sirets(champs: Champs, etablissements: Sequence[dict[str, Any]]) -> None:
    sirets = [e["siret"] for e in etablissements]
    if doubles := sorted({s for s in sirets if sirets.count(s) > 1}):
        raise champs.error("etablissements", f"SIRET donné plusieurs fois : {', '.join(doubles)}")


def _parse_declaration(
    champs: Champs, numero: int, proprietaires: dict[str, str]
) -> dict[str, Any]:
    """A row of `declarations_lues`; without `arrivee`, the declarations came in their order."""
    champs.check_names(CHAMPS_DECLARATION)
    siret = champs.read("siret", str, SIRET)
    arrivee = champs.read("arrivee", int, numero)
    if not 1 <= arrivee <= ARRIVEE_MAX:
        raise champs.error("arrivee", f"il faut un rang de 1 à {ARRIVEE_MAX}, pas {arrivee}")
    return {
        "lot": "CAS",
        "depot": f"D{arrivee:08d}",
        "numero_depot": arrivee,
        "essai": False,
        "adherent": champs.read("adherent", str, proprietaires.get(siret, ADHERENT)),
        "version": champs.read("version", str, "P26V01"),
        "nature": champs.read("nature", str, "01"),
        "type": champs.read("type", str, "01"),
        "fraction": champs.read("fraction", str, "11"),
        "ordre": champs.read("ordre", int, 1),
        "mois_appel": champs.read_mois("mois"),
        "champ": champs.read("champ", str, "01"),
        "siren": siret[:9],
        "siret": siret,
        "individus": len(champs.read("bases", list, [])),
        "ligne": numero,
    }


def _ranks(declarations: Sequence[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rank of each declaration among those of its deposit."""
    rangs: dict[str, count[int]] = {}
    for declaration in declarations:
        yield next(rangs.setdefault(declaration["depot"], count(1))), declaration


def _parse_autre(champs: Champs, rang: int) -> dict[str, Any]:
    """A row of `bases` that comes from no DSN: an estimation, an invoice..."""
    champs.check_names(CHAMPS_AUTRE)
    siret = champs.read("siret", str, SIRET)
    source, mois = champs.read("source", str, ESTIMATION), champs.read_mois("mois")
    return {
        "part": 0,
        "depot": f"{source}-{rang}",
        "rang_declaration": 0,
        "ligne": rang,
        "siren": siret[:9],
        "siret": siret,
        "cdg": champs.read("cdg", str, CDG),
        "mois_appel": mois,
        "mois_rattachement": champs.read_mois("mois_rattachement", mois),
        "code_base": champs.read("code", str, "20"),
        "quantite": champs.read_montant(),
        "source": source,
        "statut": RETENUE,
    }


def _parse_publiee(champs: Champs) -> dict[str, Any]:
    champs.check_names(CHAMPS_PUBLIES)
    mois_appel, base = champs.read_mois("mois_appel"), champs.read("base_centimes", int)
    return {
        "part": 0,
        "cdg": champs.read("cdg", str, CDG),
        "siren": champs.read("siren", str, SIRET[:9]),
        "mois_appel": mois_appel,
        "rang": champs.read("rang", int, 1),
        "mois_rattachement": champs.read_mois("mois_rattachement", mois_appel),
        "cotisation": champs.read("cotisation", str, "CP"),
        "base_brute_centimes": champs.read("base_brute_centimes", int, base),
        "heures_centiemes": champs.read_optional("heures_centiemes", int),
        "refaction_ppm": champs.read("refaction_ppm", int, PPM),
        "coefficient_ppm": champs.read("coefficient_ppm", int, PPM),
        "base_centimes": base,
        "abattement_centimes": champs.read("abattement_centimes", int, 0),
        "taux_ppm": champs.read("taux_ppm", int),
        "montant_centimes": champs.read("montant_centimes", int),
    }
