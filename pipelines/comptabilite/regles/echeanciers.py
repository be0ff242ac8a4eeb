"""Instalment plans: which calls they cover, and what must have been paid at each date.

A plan is a decision ECHEANCIER whose content names calls and dated instalments. It is respected as
long as the payments of its calls, from its first day on, reach the instalments fallen due.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.parametres import month_of
from specs.contrats import codes_of

(NATURE,) = codes_of("decisions", "nature", "ECHEANCIER")
CONTENU = pl.Struct(
    {
        "appels": pl.List(pl.String),
        "echeances": pl.List(pl.Struct({"date": pl.String, "centimes": pl.Int64})),
    }
)


def _read_plans(faits: Faits, date_arrete: date) -> pl.DataFrame:
    """Plans in effect at `date_arrete`: echeancier (key), siren, effet, appels, echeances."""
    return (
        faits.decisions.filter(
            (pl.col("nature") == NATURE) & (pl.col("date_effet") <= date_arrete)
        )
        .with_columns(pl.col("contenu").str.json_decode(CONTENU).alias("plan"))
        .select(
            "siren", pl.col("numero").alias("echeancier"), pl.col("date_effet").alias("effet"),
            pl.col("plan").struct.unnest(),
        )
        .sort("echeancier")
    )  # fmt: skip


def compute_echeances(faits: Faits, date_arrete: date) -> pl.DataFrame:
    """Instalments (key: echeancier, date): siren, cumul_centimes due from the first to this one."""
    return (
        _read_plans(faits, date_arrete)
        .select("siren", "echeancier", "echeances")
        .explode("echeances")
        .unnest("echeances")
        .drop_nulls()
        .group_by("siren", "echeancier", pl.col("date").str.to_date())
        .agg(pl.col("centimes").sum())
        .sort("echeancier", "date")
        .select(
            "siren", "echeancier", "date",
            pl.col("centimes").cum_sum().over("echeancier").alias("cumul_centimes"),
        )
    )  # fmt: skip


def compute_calls_under_plan(
    faits: Faits, parametres: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Calls under a plan (key: siren, appel): echeancier, effet, gel, reprise, fin_plan.

    The last plan that names a call replaces the former ones. `gel` and `reprise` are null when late
    increases run during a plan (option).
    """
    suspendues = pl.col("majorations_sous_echeancier") == "suspendues"
    fins = (
        compute_echeances(faits, date_arrete)
        .group_by("echeancier")
        .agg(pl.col("date").max().alias("fin_plan"))
    )
    return (
        _read_plans(faits, date_arrete)
        .with_columns(month_of("effet"))
        .join(parametres, on="mois", how="left")
        .join(fins, on="echeancier")
        .select("siren", "echeancier", "effet", "appels",
            pl.when(suspendues).then("effet").alias("gel"),
            pl.when(suspendues).then("fin_plan").alias("reprise"),
            "fin_plan",
        )
        .explode("appels")
        .rename({"appels": "appel"})
        .sort("echeancier")
        .unique(["siren", "appel"], keep="last", maintain_order=True)
    )  # fmt: skip
