"""Bases of a case -> rows of `bases_lues`, by the rule that reads the blocks of a DSN.

Only what the case says is built: each base has its employee and its payment, as in blocks 30, 40,
41, 50, 51, 78 and 82, so that the fund of a base is judged by the rule itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.declarations.regles.bases_lues import compute_bases
from specs.caisse import read_caisse
from specs.contrats import columns_of
from specs.periodes import Mois

CHAMPS_BASE = (
    "code", "montant", "centimes", "heures", "mois", "debut", "fin", "caisse", "contrat",
    "contrats",
)  # fmt: skip
CHAMPS_CONTRAT = ("numero", "caisse", "ancienne_caisse", "effet")
_TEXTE, _ENTIER = pl.String(), pl.Int64()
_LIEU: Mapping[str, pl.DataType] = {"fichier": pl.UInt32(), "parent": _ENTIER}
BLOCS: Mapping[str, Mapping[str, pl.DataType]] = {
    "S21.G00.30": {
        "fichier": pl.UInt32(), "occurrence": _ENTIER,
        "S21.G00.30.001": _TEXTE, "S21.G00.30.020": _TEXTE,
    },
    "S21.G00.40": {
        **_LIEU, "occurrence": _ENTIER, "S21.G00.40.009": _TEXTE, "S21.G00.40.022": _TEXTE,
    },
    "S21.G00.41": {**_LIEU, "S21.G00.41.001": pl.Date(), "S21.G00.41.023": _TEXTE},
    "S21.G00.50": {**_LIEU, "occurrence": _ENTIER},
    "S21.G00.51": {**_LIEU, "S21.G00.51.010": _TEXTE},
    "S21.G00.78": {
        **_LIEU, "rang_declaration": _ENTIER, "rang_individu": _ENTIER, "ligne": _ENTIER,
        "S21.G00.78.001": _TEXTE, "S21.G00.78.002": pl.Date(), "S21.G00.78.003": pl.Date(),
        "S21.G00.78.004": _ENTIER, "S21.G00.78.006": _TEXTE,
    },
    "S21.G00.82": {
        "fichier": pl.UInt32(), "rang_declaration": _ENTIER, "ligne": _ENTIER,
        "S21.G00.82.001": _ENTIER, "S21.G00.82.002": _TEXTE, "S21.G00.82.003": pl.Date(),
        "S21.G00.82.004": pl.Date(), "S21.G00.82.005": _TEXTE,
    },
}  # fmt: skip
Bloc = tuple[str, dict[str, Any]]


def build_bases(ecrites: Sequence[Champs], declarations: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows of `bases_lues` of the declarations, `ecrites` in the case, read as `declarations`."""
    blocs: dict[str, list[dict[str, Any]]] = {nom: [] for nom in BLOCS}
    rang = count(1)
    for champs, declaration in zip(ecrites, declarations, strict=True):
        for base in champs.children("bases"):
            for nom, bloc in _blocks(base, declaration, next(rang)):
                blocs[nom].append({"fichier": declaration["numero_depot"]} | bloc)
    frames = {nom: pl.DataFrame(b, BLOCS[nom], orient="row") for nom, b in blocs.items()}
    lieux = pl.DataFrame(
        [(d["numero_depot"], d["rang_declaration"], d["depot"], d["siren"]) for d in declarations],
        {
            "fichier": pl.UInt32,
            "rang_declaration": pl.Int64,
            "depot": pl.String,
            "siren": pl.String,
        },
        orient="row",
    )
    lues = compute_bases(frames, read_caisse()).rename({"identifiant": "salarie"})
    return (
        lues.join(lieux, on=["fichier", "rang_declaration"])
        .select(pl.lit("CAS").alias("lot"), pl.exclude("fichier"))
        .select(columns_of("bases_lues"))
        .sort("depot", "ligne")
    )


def _blocks(base: Champs, declaration: dict[str, Any], rang: int) -> Iterator[Bloc]:
    """Blocks of one base; `rang` numbers its line, its employee and its payment."""
    base.check_names(CHAMPS_BASE)
    code = base.read("code", str, "20")
    mois = Mois.parse(base.read_mois("mois", declaration["mois_appel"]))
    debut = base.read("debut", date, mois.first_day)
    fin = base.read("fin", date, mois.last_day)
    lieu = {"rang_declaration": declaration["rang_declaration"], "ligne": rang}
    heures = "heures" in base.valeurs
    quantite = base.read_centiemes("heures", "des heures") if heures else base.read_montant()
    valeurs = (quantite, code, debut, fin)
    if code in read_caisse().bases_etablissement:
        noms = [f"S21.G00.82.00{n}" for n in (1, 2, 3, 4)]
        caisse = {"S21.G00.82.005": base.read("caisse", str, read_caisse().code_caisse)}
        yield "S21.G00.82", lieu | dict(zip(noms, valeurs, strict=True)) | caisse
        return
    noms = [f"S21.G00.78.00{n}" for n in (4, 1, 2, 3)]
    nomme = {"S21.G00.78.006": base.read_optional("contrat", str)}
    placee = lieu | {"parent": rang, "rang_individu": rang}
    yield "S21.G00.78", placee | dict(zip(noms, valeurs, strict=True)) | nomme
    yield "S21.G00.30", {"occurrence": rang, "S21.G00.30.001": f"n° {rang}"}
    yield "S21.G00.50", {"parent": rang, "occurrence": rang}
    yield from _contracts(base, rang)


def _contracts(base: Champs, rang: int) -> Iterator[Bloc]:
    """Contracts of the employee, each with a pay of the same payment and its former fund."""
    ecrits = list(base.children("contrats"))
    if "contrats" in base.valeurs and "caisse" in base.valeurs:
        raise base.error("caisse", "donner caisse ou contrats, pas les deux")
    if "contrats" not in base.valeurs:
        ecrits = [
            Champs(base.lieu, {"caisse": base.read("caisse", str, read_caisse().code_caisse)})
        ]
    for numero, contrat in enumerate(ecrits, 1):
        contrat.check_names(CHAMPS_CONTRAT)
        occurrence = rang * 100 + numero
        nom = contrat.read("numero", str, f"{numero:05d}")
        identite = {"S21.G00.40.009": nom, "S21.G00.40.022": contrat.read("caisse", str)}
        yield "S21.G00.40", {"parent": rang, "occurrence": occurrence} | identite
        yield "S21.G00.51", {"parent": rang, "S21.G00.51.010": nom}
        if ancienne := contrat.read_optional("ancienne_caisse", str):
            effet = {"S21.G00.41.001": contrat.read("effet", date), "S21.G00.41.023": ancienne}
            yield "S21.G00.41", {"parent": occurrence} | effet
