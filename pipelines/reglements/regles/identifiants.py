"""Identifiers given to the bank: at most 35 characters of the SEPA set, the same at every replay.

A debit (`EndToEndId`) is `P<siren>-<AAAAMMJJ>-<NN>`: company, day of the debit, rank that day. A
file (`MsgId`) is `PRLV-<AAAAMMJJ>-<NNNNN>`: decision date, number of the publication that hands it
over. A batch (`PmtInfId`) is its file, then scheme, day and sequence: `-B20260427RCUR`.
"""

from __future__ import annotations

from datetime import date

import polars as pl


def file_identifier(date_arrete: date, publication: int) -> str:
    """Identifier of the file of a night."""
    return f"PRLV-{date_arrete:%Y%m%d}-{publication:05}"


def batch_identifier() -> pl.Expr:
    """Identifier of the batch of a debit (contract `prelevements`)."""
    return pl.format(
        "{}-{}{}{}",
        "remise",
        pl.col("schema").str.head(1),
        pl.col("date_echeance").dt.strftime("%Y%m%d"),
        "sequence",
    )


def debit_identifier(rang: pl.Expr) -> pl.Expr:
    """Identifier of a debit: `siren`, `date_echeance`, and its rank among those of that day."""
    jour = pl.col("date_echeance").dt.strftime("%Y%m%d")
    return pl.format("P{}-{}-{}", "siren", jour, rang.cast(pl.String).str.zfill(2))


def decision_origin(numero: str) -> pl.Expr:
    """How a decision is named beside payments: `DEC-12`."""
    return pl.format("DEC-{}", numero)
