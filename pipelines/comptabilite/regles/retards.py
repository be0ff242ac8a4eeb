"""Months of delay: each started month counts whole (rules/cotisations, section 9).

From 25 April, the 26th is in the first month, 26 May in the second.
"""

from __future__ import annotations

import polars as pl

from specs.periodes import MOIS_PAR_AN


def months_late(depart: pl.Expr, jusqu_au: pl.Expr) -> pl.Expr:
    """Months started between two dates: 0 when `jusqu_au` is not after `depart` or is missing."""
    annees = (jusqu_au.dt.year() - depart.dt.year()).cast(pl.Int64)
    mois = jusqu_au.dt.month().cast(pl.Int64) - depart.dt.month().cast(pl.Int64)
    entame = (jusqu_au.dt.day() > depart.dt.day()).cast(pl.Int64)
    return (annees * MOIS_PAR_AN + mois + entame).clip(lower_bound=0).fill_null(0)


def months_late_under_plan(jusqu_au: pl.Expr) -> pl.Expr:
    """The same for a debt (columns depart, gel, reprise), stopped from `gel` to `reprise`."""
    avant = pl.when(pl.col("gel") < jusqu_au).then("gel").otherwise(jusqu_au)
    return months_late(pl.col("depart"), avant) + months_late(pl.col("reprise"), jusqu_au)
