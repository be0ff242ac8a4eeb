"""Transfers that the bank takes back as booked in error: which movement each reversal undoes.

Those of debits are in `debits`. A reversal undoes the last movement of the same amount that it can
be told of: by a reference of the bank, the end-to-end reference, or the account and what it wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.reglements.regles.references import fold_reference
from specs.contrats import codes_of

(EXTOURNE,) = codes_of("encaissements", "affectation", "EXTOURNE")
BANCAIRES = ("reference_banque", "reference_ecriture", "reference_detail", "uetr", "transaction")
CLE = ["depot", "rang"]
SCHEMA = pl.Schema({"depot": pl.String, "rang": pl.Int64, "annule": pl.String})

Ligne = Mapping[str, Any]


def find_undone(
    extournes: pl.DataFrame, mouvements: pl.DataFrame, doubles: pl.DataFrame
) -> pl.DataFrame:
    """Movement that each reversal undoes: depot, rang (key), annule (null when none is found).

    `mouvements`: those that may be undone (of `with_amounts`); `doubles`: those told twice, which
    stand for their `origine`.
    """
    possibles = mouvements.filter(
        ~pl.col("extourne"), (-pl.col("net_centimes")).is_in(extournes["net_centimes"].implode())
    ).join(doubles.select("depot", "rang"), on=["depot", "rang"], how="anti")
    derniers = possibles.sort("date_operation", *CLE, descending=True).to_dicts()
    pris: set[str] = set()
    lignes = []
    for extourne in extournes.sort("depot", "rang").iter_rows(named=True):
        libres = [m for m in derniers if _name(m) not in pris and _undoes(extourne, m)]
        # What had arrived first: what is told later never changes what was said of a reversal.
        avant = [m for m in libres if _rank(m) < _rank(extourne)]
        annule = next(iter(avant or reversed(libres)), None)
        if annule is not None:
            pris.add(_name(annule))
        nom = None if annule is None else _name(annule)
        lignes.append({"depot": extourne["depot"], "rang": extourne["rang"], "annule": nom})
    return pl.DataFrame(lignes, SCHEMA)


def _rank(mouvement: Ligne) -> tuple[str, int]:
    """Its place in the order of arrival."""
    return mouvement["depot"], mouvement["rang"]


def _undoes(extourne: Ligne, mouvement: Ligne) -> bool:
    if (
        mouvement["net_centimes"] != -extourne["net_centimes"]
        or mouvement["date_operation"] > extourne["date_operation"]
    ):
        return False
    memes = {nom for nom in (*BANCAIRES, "bout_en_bout") if _equal(extourne, mouvement, nom)}
    textes = {fold_reference(m["reference"] or "") for m in (extourne, mouvement)}
    du_compte = _equal(extourne, mouvement, "compte_tiers") and len(textes - {""}) <= 1
    du_texte = len(textes) == 1 and textes != {""}
    return bool(memes) or du_compte or du_texte


def _equal(a: Ligne, b: Ligne, nom: str) -> bool:
    return bool(a[nom]) and a[nom] == b[nom]


def _name(mouvement: Ligne) -> str:
    return f"{mouvement['depot']}-{mouvement['rang']}"
