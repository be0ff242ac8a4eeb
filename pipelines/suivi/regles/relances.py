"""Reminders: which level is due for a declaration that did not come; pure rules on frames."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.regles.attendues import CLE


def compute_relances(
    attendues: pl.DataFrame, deja: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """New reminders (contract `relances` without `part`): a level above any that was sent.

    `attendues`: of `compute_attendues`; `deja`: the reminders published (siret, mois, niveau).
    """
    derniers = deja.group_by(CLE).agg(pl.col("niveau").max().alias("dernier"))
    return (
        attendues.join(derniers, on=CLE, how="left", maintain_order="left")
        .filter(pl.col("relances") > pl.col("dernier").fill_null(0))
        .select(
            *CLE,
            pl.col("relances").alias("niveau"),
            "siren",
            "adherent",
            "cdg",
            pl.lit(date_arrete).alias("date"),
            "date_limite",
            "etat",
        )
        .sort(*CLE, "niveau")
    )
