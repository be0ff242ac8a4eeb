"""Days, months and leave years, as expressions. A month is its first day."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.acquis import UN_MOIS
from specs.periodes import AVRIL, Mois

MARS, MAI = AVRIL - 1, AVRIL + 1


def count_days(debut: pl.Expr, fin: pl.Expr) -> pl.Expr:
    """Calendar days from `debut` to `fin`, both included; 0 when `fin` is before."""
    return pl.max_horizontal(_rank(fin) - _rank(debut) + 1, 0)


def count_ouvrables(debut: pl.Expr, fin: pl.Expr) -> pl.Expr:
    """Days from Monday to Saturday, holidays included."""
    # Day 3 of the count of days, 4 January 1970, is a Sunday.
    dimanches = (_rank(fin) + 4) // 7 - (_rank(debut) + 3) // 7
    return pl.max_horizontal(_rank(fin) - _rank(debut) + 1 - dimanches, 0)


def _rank(jour: pl.Expr) -> pl.Expr:
    return jour.to_physical().cast(pl.Int64)


def month_unit(mois: pl.Expr) -> pl.Expr:
    """What a day from Monday to Saturday of the month weighs: 24 to 27 of them make UN_MOIS."""
    return UN_MOIS // count_ouvrables(mois, mois.dt.month_end())


def exercice_of(jour: pl.Expr) -> pl.Expr:
    """The leave year whose rights a day gives: April to March."""
    return jour.dt.year().cast(pl.Int64) + (jour.dt.month() >= AVRIL).cast(pl.Int64)


def period_start(exercice: pl.Expr) -> pl.Expr:
    """1 April of the year before."""
    return pl.date(exercice - 1, AVRIL, 1)


def period_end(exercice: pl.Expr) -> pl.Expr:
    """31 March."""
    return pl.date(exercice, MARS, 31)


def reference_month(exercice: int) -> Mois:
    """The month whose dated values a leave year takes: its last one."""
    return Mois(exercice, MARS)


def parse_mois(mois: pl.Expr) -> pl.Expr:
    """First day of a month written AAAA-MM."""
    return (mois + "-01").str.to_date("%Y-%m-%d")


def render_mois(mois: pl.Expr) -> pl.Expr:
    """AAAA-MM."""
    return mois.dt.strftime("%Y-%m")


def list_months(debut: pl.Expr, fin: pl.Expr) -> pl.Expr:
    """First days of the months that `debut` to `fin` touches, as a list."""
    return pl.date_ranges(debut.dt.month_start(), fin.dt.month_start(), "1mo")


def april(exercice: int) -> date:
    """First day of the period of a leave year."""
    return date(exercice - 1, AVRIL, 1)
