"""Statements as amounts that the fund owes: what `reglements` transfers to employees.

Source: choices L-43, L-47 (no order at nothing or less), L-52, L-73.
"""

from __future__ import annotations

import polars as pl

from pipelines.dus import SCHEMA, VIREMENT
from specs.contrats import codes_of

(CON,) = codes_of("dus_intemperies", "nature", "CON")


def list_dus(decomptes: pl.DataFrame) -> pl.DataFrame:
    """SCHEMA of the family `dus`, of `decomptes` (contract), one row a statement that is paid.

    Each is a transfer of its own, on the day of its payment; what is owed by the employee is taken
    from his next statements, never from a transfer.
    """
    exercice = pl.col("exercice").cast(pl.String)
    bornes = [pl.col(nom).dt.strftime("%d/%m/%Y") for nom in ("debut", "fin")]
    return (
        decomptes.filter(pl.col("net_centimes") > 0)
        .with_columns(
            du="decompte",
            nature=pl.lit(CON),
            cdg=pl.lit(None, pl.String),
            origine="decompte",
            libelle=pl.format("Congés {}, du {} au {}", exercice, *bornes),
            reunion="decompte",
            mode=pl.lit(VIREMENT),
            si_a_jour=pl.lit(value=False),
            montant_centimes="net_centimes",
            execution="date_paiement",
        )
        .select(SCHEMA.names())
        .match_to_schema(SCHEMA)
        .sort("du")
    )
