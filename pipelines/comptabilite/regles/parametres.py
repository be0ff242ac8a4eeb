"""Rates and options of the accounts, one row a month, so that rules join them by date."""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.baremes import ValeurManquante
from specs.connaissances import Connaissances
from specs.periodes import Mois

MAJORATION, SERIE = "MAJORATION_RETARD", "taux_mensuel_ppm"
OPTIONS = (
    "ordre_imputation",
    "imputation_avoir",
    "depart_apres_rejet",
    "majorations_sous_echeancier",
)


def compute_parametres(savoir: Connaissances, debut: date, fin: date) -> pl.DataFrame:
    """One row a month from `debut` to `fin`: mois (key), taux_ppm, and the answer to each option.

    `taux_ppm` is 0 for the months whose late increases are switched off. ValeurManquante or
    OptionRefusee when a month has no value.
    """
    mois = Mois.range(Mois.from_date(debut), Mois.from_date(fin))
    lignes = [
        {"mois": str(m), "taux_ppm": _taux(savoir, m)}
        | {nom: savoir.option_at(nom, m) for nom in OPTIONS}
        for m in mois
    ]
    schema = {"mois": pl.String, "taux_ppm": pl.Int64} | dict.fromkeys(OPTIONS, pl.String)
    return pl.DataFrame(lignes, schema=schema)


def month_of(colonne: str) -> pl.Expr:
    """Month of a date, as the key of the parameters."""
    return pl.col(colonne).dt.strftime("%Y-%m").alias("mois")


def _taux(savoir: Connaissances, mois: Mois) -> int:
    if savoir.option_at("majorations_de_retard", mois) == "aucune":
        return 0
    taux = savoir.baremes[MAJORATION].find(SERIE, mois)
    if taux is None:
        raise ValeurManquante(f"aucune valeur connue pour {MAJORATION} ({SERIE}) en {mois}")
    return taux
