"""An amount cut by weights, to the centime: the one largest remainder of the contributions."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def cut_by_weight(
    poids: pl.DataFrame, montant: str, groupe: Sequence[str], ordre: Sequence[str]
) -> pl.DataFrame:
    """`poids` with `part_centimes`: the `montant` of each `groupe`, cut in proportion to `poids`.

    `poids` (not negative, its sum positive in a group) and `montant` (the same on every row of a
    group) are Int64. What the whole parts of the amount without its sign leave goes by one centime
    to the largest remainders; ties, of a credit too, in the order of the columns `ordre`.
    """
    somme = pl.col(montant).cast(pl.Int128).abs()
    total = pl.col("poids").cast(pl.Int128).sum().over(groupe)
    produit = somme * pl.col("poids")
    coupees = poids.with_columns(
        (produit // total).cast(pl.Int64).alias("entier"), (produit % total).alias("reste")
    ).sort(
        *groupe, "reste", *ordre, descending=[False] * len(groupe) + [True] + [False] * len(ordre)
    )
    a_donner = pl.col(montant).abs() - pl.col("entier").sum().over(groupe)
    rang = pl.int_range(pl.len()).over(groupe)
    part = pl.col("entier") + (rang < a_donner).cast(pl.Int64)
    return coupees.with_columns((part * pl.col(montant).sign()).alias("part_centimes")).drop(
        "entier", "reste"
    )
