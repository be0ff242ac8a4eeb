"""Rates and options of the accounts, one row a month, so that rules join them by date."""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.baremes import valeur_at
from specs.options import option_at
from specs.periodes import Mois

OPTIONS = (
    "ordre_imputation",
    "imputation_avoir",
    "depart_apres_rejet",
    "majorations_sous_echeancier",
)


def read_parametres(debut: date, fin: date) -> pl.DataFrame:
    """One row a month from `debut` to `fin`: mois (key), taux_ppm, and the answer to each option.

    `taux_ppm` is 0 for the months whose late increases are switched off.
    """
    mois = Mois.range(Mois.from_date(debut), Mois.from_date(fin))
    lignes = [{"mois": str(m), "taux_ppm": _taux(m)} | _reponses(m) for m in mois]
    schema = {"mois": pl.String, "taux_ppm": pl.Int64} | dict.fromkeys(OPTIONS, pl.String)
    return pl.DataFrame(lignes, schema=schema)


def month_of(colonne: str) -> pl.Expr:
    """Month of a date, as the key of the parameters."""
    return pl.col(colonne).dt.strftime("%Y-%m").alias("mois")


def _reponses(mois: Mois) -> dict[str, str]:
    return {nom: option_at(nom, mois) for nom in OPTIONS}


def _taux(mois: Mois) -> int:
    if option_at("majorations_de_retard", mois) == "aucune":
        return 0
    return valeur_at("MAJORATION_RETARD", "taux_mensuel_ppm", mois)
