"""Identifiers given to the bank: at most 35 characters of the SEPA set, the same at every replay.

A debit (`EndToEndId`) is `P<siren>-<AAAAMMJJ>-<NN>`: company, day of the debit, rank that day. A
file (`MsgId`) is `PRLV-<AAAAMMJJ>-<NNNNN>`: decision date, number of the publication that hands it
over. A batch (`PmtInfId`) is its file, then scheme, day and sequence: `-B20260427RCUR`.

A transfer is `V<AAMMJJ>-<siren>-<NN>`: decision date, company, rank; for an employee, a shortened
name of what is paid stands in place of the company. Its file is `VIRE-…`, its batch ends with the
nature and the day of execution.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from datetime import date

import polars as pl

CORPS = 9
TIGE = len("V260715-") + CORPS


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


def transfer_file_identifier(date_arrete: date, publication: int) -> str:
    """Identifier of the file of the transfers of a night."""
    return f"VIRE-{date_arrete:%Y%m%d}-{publication:05}"


def transfer_batch() -> pl.Expr:
    """Identifier of the batch of a transfer (contract `reglements`)."""
    return pl.format("{}-{}{}", "remise", "nature", pl.col("date_execution").dt.strftime("%Y%m%d"))


def transfer_identifier(
    lots: pl.DataFrame, publies: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """`lots` (siren, salarie, cle_paiement) with `reglement`, after those of `publies`."""
    corps = [
        siren if salarie is None else _shortened(cle)
        for siren, salarie, cle in lots.select("siren", "salarie", "cle_paiement").iter_rows()
    ]
    tiges = [f"V{date_arrete:%y%m%d}-{corps_}" for corps_ in corps]
    deja = publies.group_by(tige=pl.col("reglement").str.slice(0, TIGE)).agg(
        pl.len().cast(pl.Int64).alias("deja")
    )
    nommes = lots.with_columns(pl.Series("tige", tiges, pl.String)).join(
        deja, on="tige", how="left", maintain_order="left"
    )
    rang = pl.int_range(1, pl.len() + 1).over("tige") + pl.col("deja").fill_null(0)
    nom = pl.format("{}-{}", "tige", rang.cast(pl.String).str.zfill(2))
    return nommes.with_columns(reglement=nom).drop("tige", "deja")


def _shortened(cle: str) -> str:
    """Nine characters for what an employee is paid: 45 bits, that name nobody."""
    return b32encode(hashlib.sha256(cle.encode()).digest()).decode()[:CORPS]
