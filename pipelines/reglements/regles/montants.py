"""Three amounts of a movement: what was paid, what a bank kept, what moved on the account."""

from __future__ import annotations

import polars as pl


def with_amounts(mouvements: pl.DataFrame) -> pl.DataFrame:
    """`mouvements` (contract) with montant_centimes gross, frais_centimes and net_centimes.

    Always net = montant - frais. What was read before charges were told has none. `extourne` is
    never null.
    """
    return mouvements.with_columns(
        pl.coalesce("montant_brut_centimes", "montant_centimes").alias("montant_centimes"),
        pl.col("montant_centimes").alias("net_centimes"),
        pl.col("extourne").fill_null(value=False),
    ).with_columns((pl.col("montant_centimes") - pl.col("net_centimes")).alias("frais_centimes"))
