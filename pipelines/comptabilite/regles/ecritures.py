"""The ledger: published entries are never rewritten, what differs is written as new entries.

The pieces of `pieces.py` are the target; the difference with what was published makes the entries
of the night, dated at its `date_arrete`. The ledger as of a past date therefore never changes.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.contrats import codes_of, computed_columns
from specs.plan_comptable import read_plan_comptable

(MAJORATION,) = codes_of("ecritures", "journal", "MAJORATION")
LIBELLES = {
    "APPEL": "Appel de cotisations",
    "BANQUE": "Règlement reçu",
    "FRAIS": "Frais retenus par la banque",
    "PRELEVEMENT": "Prélèvement émis",
    "RETOUR": "Règlement rejeté ou repris par la banque",
    "MAJORATION": "Majorations de retard",
    "REMISE": "Remise gracieuse de majorations",
    "AVOIR": "Avoir accordé",
    "DU": "Remboursement dû par la caisse",
    "VIREMENT": "Virement de la caisse",
    "DEBIT": "Virement débité par la banque",
}
PIECE = ["journal", "origine"]
LIGNE = [*PIECE, "siren", "cdg", "compte", "appel", "cotisation"]


def compute_new_ecritures(
    pieces: pl.DataFrame, publiees: pl.DataFrame, adherents: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Contract `ecritures`, but `part`: what brings the published ledger up to `pieces`.

    Args:
        pieces: target lines (`pieces.SCHEMA`), debits positive.
        publiees: every published entry of these companies.
        adherents: siren (key), adherent.
        date_arrete: accounting date of the new entries.
    """
    signe = pl.col("debit_centimes") - pl.col("credit_centimes")
    deja = publiees.group_by(LIGNE).agg(signe.sum().alias("publie"))
    fois = publiees.group_by(PIECE).agg(pl.col("ecriture").n_unique().cast(pl.Int64).alias("fois"))
    cible = pieces.group_by(LIGNE).agg(
        pl.col("montant_centimes").sum(), pl.col("date_valeur").first()
    )
    ecart = pl.col("montant_centimes").fill_null(0) - pl.col("publie").fill_null(0)
    return (
        cible.join(deja, on=LIGNE, how="full", coalesce=True, nulls_equal=True)
        .with_columns(ecart.alias("ecart"))
        .filter(pl.col("ecart") != 0)
        .join(fois, on=PIECE, how="left")
        .join(adherents, on="siren", how="left")
        .with_columns((pl.col("fois").fill_null(0) + 1).alias("fois"))
        .with_columns(*_columns(date_arrete))
        .sort("ecriture", "compte", "cdg", "appel", "cotisation", nulls_last=True)
        .with_columns((pl.int_range(pl.len(), dtype=pl.Int64).over("ecriture") + 1).alias("rang"))
        .select(computed_columns("ecritures"))
        .sort("ecriture", "rang")
    )


def _columns(date_arrete: date) -> list[pl.Expr]:
    """Identifier, dates, sides and wording of an entry, from its piece and the times written."""
    premiere = pl.col("fois") == 1
    numerotee = ~premiere | (pl.col("journal") == MAJORATION)
    prefixes = dict(read_plan_comptable().prefixes)
    numero = pl.format("-{}", pl.col("fois").cast(pl.String).str.zfill(2))
    nom = pl.format("{}-{}", pl.col("journal").replace_strict(prefixes), "origine")
    libelle = pl.col("journal").replace_strict(LIBELLES)
    rectifiee = ~premiere & (pl.col("journal") != MAJORATION)
    suite = pl.when(rectifiee).then(pl.lit(" (rectification)")).otherwise(pl.lit(""))
    return [
        (nom + pl.when(numerotee).then(numero).otherwise(pl.lit(""))).alias("ecriture"),
        pl.lit(date_arrete).alias("date_comptable"),
        pl.when(premiere).then("date_valeur").otherwise(pl.lit(date_arrete)).alias("date_valeur"),
        pl.col("ecart").clip(lower_bound=0).alias("debit_centimes"),
        (-pl.col("ecart")).clip(lower_bound=0).alias("credit_centimes"),
        (libelle + suite).alias("libelle"),
    ]
