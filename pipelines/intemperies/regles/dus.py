"""Refunds as amounts due: one a declaration, nature and night, what the ledger and payments take.

A refund is paid on the account that the company marked, else on that of the mandate of the centre
of the declaration's first stop (I-42); only once the company is up to date (I-40).
"""

from __future__ import annotations

import polars as pl

from pipelines.dus import COMPENSATION, SCHEMA, VIREMENT
from specs.connaissances import Connaissances
from specs.contrats import codes_of, valeurs_of
from specs.periodes import Mois
from specs.typographie import format_date

(INT,) = codes_of("dus_intemperies", "nature", "INT")
MODES = {"virement": VIREMENT, "compensation": COMPENSATION}
OPTION = "imputation_remboursement"
PIECE = ["siren", "declaration", "date_arrete", "nature"]


def compute_dus(
    remboursements: pl.DataFrame,
    arrets: pl.DataFrame,
    etablissements: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Contract `dus_intemperies`, but `part`; nothing for what comes to zero.

    `remboursements`, `arrets`: contracts `remboursements_intemperies` and `arrets_intemperies`;
    `etablissements`: siret, cdg.
    """
    return (
        remboursements.group_by(PIECE)
        .agg(pl.col("montant_centimes").sum())
        .filter(pl.col("montant_centimes") != 0)
        .join(_centres(arrets, etablissements), on=["siren", "declaration"], how="left")
        .sort(PIECE)
        .pipe(_worded)
        .with_columns(
            pl.col("declaration").alias("origine"),
            pl.lit(INT).alias("nature"),
            pl.lit(None, pl.String).alias("salarie"),
            pl.lit(None, pl.String).alias("reunion"),
            pl.lit(None, pl.Date).alias("execution"),
            pl.lit(value=True).alias("si_a_jour"),
        )
        .pipe(_with_modes, savoir)
        .select(SCHEMA.names())
        .sort("du")
    )


def _centres(arrets: pl.DataFrame, etablissements: pl.DataFrame) -> pl.DataFrame:
    """The centre of the first stop of each declaration: siren, declaration, cdg."""
    return (
        arrets.sort("debut", "debut_heure", "arret")
        .unique(["siren", "declaration"], keep="first", maintain_order=True)
        .join(etablissements.select("siret", "cdg"), on="siret", how="left")
        .select("siren", "declaration", "cdg")
    )


def _worded(pieces: pl.DataFrame) -> pl.DataFrame:
    """With `du`, the identifier, and `libelle`, what the company reads of it."""
    natures = {nom: nom.lower() for nom in valeurs_of("remboursements_intemperies", "nature")}
    jours = [format_date(jour) for jour in pieces["date_arrete"]]
    nuit = pl.col("date_arrete").dt.strftime("%y%m%d")
    return pieces.with_columns(pl.Series("jour", jours, pl.String)).with_columns(
        pl.format(
            "INT-{}-{}-{}-{}", "siren", "declaration", nuit, pl.col("nature").str.head(1)
        ).alias("du"),
        pl.format(
            "Intempéries, déclaration {}, {} du {}",
            "declaration",
            pl.col("nature").replace_strict(natures),
            "jour",
        ).alias("libelle"),
    )


def _with_modes(pieces: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """How the fund paid in the month of each night."""
    modes = [
        MODES[savoir.option_at(OPTION, Mois.from_date(jour))] for jour in pieces["date_arrete"]
    ]
    return pieces.with_columns(pl.Series("mode", modes, pl.String))
