"""The state of a debit, from what the bank said of it: EMIS, REGLE, then perhaps REJETE."""

from __future__ import annotations

import polars as pl

from parsers.banque.mouvements import PRELEVEMENT, REJET, RETOUR
from pipelines.reglements.regles.identifiants import batch_identifier

EMIS, REGLE, REJETE = "EMIS", "REGLE", "REJETE"


def compute_etats_prelevements(
    prelevements: pl.DataFrame, encaissements: pl.DataFrame, ecartes: pl.DataFrame
) -> pl.DataFrame:
    """`prelevements` (contract) with etat, code_motif and date_etat as the bank leaves them.

    `encaissements`, `ecartes`: contracts `encaissements` and `mouvements_ecartes`. A return wins
    over a settlement, whatever came first; a refusal may name the debit, its batch or its file.
    """
    dits = pl.concat([_refused(prelevements, ecartes), _settled(encaissements)])
    derniers = (
        dits.sort("prelevement", "poids", "date_etat")
        .group_by("prelevement", maintain_order=True)
        .agg(pl.all().last())
        .drop("poids")
    )
    return (
        prelevements.drop("etat", "code_motif", "date_etat")
        .join(derniers, on="prelevement", how="left", maintain_order="left")
        .with_columns(pl.col("etat").fill_null(EMIS))
        .select(prelevements.columns)
    )


def _settled(encaissements: pl.DataFrame) -> pl.DataFrame:
    """Debits credited or returned."""
    retour = pl.col("nature") == RETOUR
    return encaissements.filter(
        pl.col("prelevement").is_not_null() & pl.col("nature").is_in([PRELEVEMENT, RETOUR])
    ).select(
        "prelevement",
        pl.when(retour).then(pl.lit(REJETE)).otherwise(pl.lit(REGLE)).alias("etat"),
        "code_motif",
        pl.col("date_operation").alias("date_etat"),
        pl.when(retour).then(2).otherwise(0).alias("poids"),
    )


def _refused(prelevements: pl.DataFrame, ecartes: pl.DataFrame) -> pl.DataFrame:
    """Debits refused before any money moved, one by one or with all of their batch or file."""
    refus = ecartes.filter(pl.col("motif") == REJET).select(
        "origine", "code_motif", pl.col("date_operation").alias("date_etat")
    )
    noms = pl.concat(
        [
            prelevements.select("prelevement", origine=nom)
            for nom in (pl.col("prelevement"), batch_identifier(), pl.col("remise"))
        ]
    )
    return noms.join(refus, on="origine").select(
        "prelevement",
        pl.lit(REJETE).alias("etat"),
        "code_motif",
        "date_etat",
        pl.lit(1).alias("poids"),
    )
