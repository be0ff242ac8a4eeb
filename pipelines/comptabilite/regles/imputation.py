"""Amounts paid to debts in order, as overlaps of cumulated sums.

Credits of 60 and 50 on debts of 100 and 30 are the intervals [0, 60) and [60, 110) laid over
[0, 100) and [100, 130): the first credit pays 60 of the first debt, the second pays 40 of it and
10 of the next.
"""

from __future__ import annotations

import polars as pl


def allocate(credits_: pl.DataFrame, dettes: pl.DataFrame, cle: str) -> pl.DataFrame:
    """What each credit pays of each debt that has the same `cle`, both in the order of their rows.

    Both frames have `cle` and `reste` (positive Int64); their other columns must not share names
    and come out side by side, with `montant_centimes`. No row for what pays nothing.
    """
    disponibles = _cumulated(credits_, cle, "credit")
    dues = _cumulated(dettes, cle, "dette")
    commun = pl.min_horizontal("credit_fin", "dette_fin") - pl.max_horizontal(
        "credit_debut", "dette_debut"
    )
    return (
        disponibles.join(dues, on=cle, maintain_order="left_right")
        .with_columns(commun.alias("montant_centimes"))
        .filter(pl.col("montant_centimes") > 0)
        .drop("credit_debut", "credit_fin", "dette_debut", "dette_fin")
    )


def _cumulated(frame: pl.DataFrame, cle: str, prefixe: str) -> pl.DataFrame:
    """Each amount as an interval of the cumulated amounts of its key."""
    fin = pl.col("reste").cum_sum().over(cle)
    return frame.with_columns(
        (fin - pl.col("reste")).alias(f"{prefixe}_debut"), fin.alias(f"{prefixe}_fin")
    ).drop("reste")
