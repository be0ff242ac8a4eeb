"""Dated values of the payment of leave, as columns: a missing one is null, and named."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from specs.connaissances import Connaissances
from specs.periodes import Mois

PAIEMENT, PRIME, GRILLE = "PAIEMENT_CONGES", "PRIME_VACANCES", "PAS_PAR_DEFAUT"
PSS = "PLAFOND_SECURITE_SOCIALE"
Series = Mapping[str, tuple[str, str]]


def month_of(jour: pl.Expr) -> pl.Expr:
    """The month of a day, `AAAA-MM`."""
    return jour.dt.strftime("%Y-%m")


def join_valeurs(
    frame: pl.DataFrame, mois: str, series: Series, savoir: Connaissances
) -> pl.DataFrame:
    """`frame` with a column a series, of the month that its column `mois` names.

    `series`: of each new column, the code and the series of the dated values. Null when no value is
    known at that month.
    """
    connus = [
        (m, *(savoir.baremes[code].find(serie, Mois.parse(m)) for code, serie in series.values()))
        for m in frame[mois].unique().drop_nulls().sort()
    ]
    schema = {mois: pl.String, **dict.fromkeys(series, pl.Int64)}
    valeurs = pl.DataFrame(connus, schema, orient="row")
    return frame.join(valeurs, on=mois, how="left", maintain_order="left")


def join_option(frame: pl.DataFrame, mois: str, nom: str, savoir: Connaissances) -> pl.DataFrame:
    """`frame` with the answer to the option `nom`, in a column of that name, month by month."""
    reponses = [
        (m, savoir.option_at(nom, Mois.parse(m))) for m in frame[mois].unique().drop_nulls()
    ]
    schema = {mois: pl.String, nom: pl.String}
    return frame.join(
        pl.DataFrame(reponses, schema, orient="row"), on=mois, how="left", maintain_order="left"
    )


def name_missing(series: Series) -> pl.Expr:
    """The code of the first of these columns that is null; null when all are known."""
    return pl.coalesce(
        pl.when(pl.col(colonne).is_null()).then(pl.lit(f"{code} ({serie})"))
        for colonne, (code, serie) in series.items()
    )
