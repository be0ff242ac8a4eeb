"""The contribution call: bases summed, rate of the month they belong to, differences of calls.

Written for a table of contributions (specs/baremes): each names its base and its dated rates.
Sources: rules/decisions C-01, C-02, C-07, C-08; cotisations sections 2, 3 and 8.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.montants import rounded_product

LIGNE = ["cdg", "siren", "mois_appel", "mois_rattachement", "cotisation"]
APPEL = ["cdg", "siren", "mois_appel"]
TAUX_ABSENT = "CP-05"
INITIAL, COMPLEMENTAIRE = "INITIAL", "COMPLEMENTAIRE"


def compute_lignes(bases: pl.DataFrame, taux: pl.DataFrame) -> pl.DataFrame:
    """Lines of call computed from scratch (key `LIGNE`): base_centimes, taux_ppm, montant_centimes.

    `bases`: retained bases (cdg, siren, mois_appel, mois_rattachement, code_base, quantite in
    centimes); `taux`: cotisation, code_base, debut, fin (months, fin null when open), taux_ppm.
    A line without a rate for its month has null `taux_ppm` and `montant_centimes`: CP-05, it waits.
    """
    cotisations = taux.select("cotisation", "code_base").unique()
    cumuls = (
        bases.join(cotisations, on="code_base")
        .group_by(LIGNE)
        .agg(pl.col("quantite").sum().alias("base_centimes"))
        .sort(LIGNE)
    )
    mois = pl.col("mois_rattachement")
    en_vigueur = (pl.col("debut") <= mois) & (pl.col("fin").is_null() | (mois <= pl.col("fin")))
    dates = cumuls.join(taux, on="cotisation").filter(en_vigueur).select(*LIGNE, "taux_ppm")
    return cumuls.join(dates, on=LIGNE, how="left", maintain_order="left").with_columns(
        rounded_product(pl.col("base_centimes"), pl.col("taux_ppm")).alias("montant_centimes")
    )


def mark_waiting(bases: pl.DataFrame, en_attente: pl.DataFrame, taux: pl.DataFrame) -> pl.DataFrame:
    """`bases` (contract) in which those of the lines that no rate values wait, with CP-05."""
    cle = ["cdg", "mois_appel", "mois_rattachement", "code_base"]
    codes = taux.select("cotisation", "code_base").unique()
    sans_taux = en_attente.join(codes, on="cotisation").select(cle).unique()
    attend = pl.col("sans_taux") & (pl.col("statut") == "RETENUE")
    return (
        bases.join(
            sans_taux.with_columns(sans_taux=True), on=cle, how="left", maintain_order="left"
        )
        .with_columns(
            pl.when(attend).then(pl.lit("EN_ATTENTE")).otherwise("statut").alias("statut"),
            pl.when(attend).then(pl.lit(TAUX_ABSENT)).otherwise("motif").alias("motif"),
        )
        .drop("sans_taux")
    )


def compute_differences(lignes: pl.DataFrame, publiees: pl.DataFrame) -> pl.DataFrame:
    """Lines of the calls to issue: from scratch, less what former calls of the month say (C-08).

    `lignes`: of `compute_lignes`, with a rate; `publiees`: every line of the published calls
    (key `LIGNE` and `rang`). A month never called gets every line, even of zero; a month already
    called only what differs. Adds `rang` (of the new call in its month) and `nature`.
    """
    deja = publiees.group_by(LIGNE).agg(
        pl.col("base_centimes").sum().alias("base_publiee"),
        pl.col("montant_centimes").sum().alias("montant_publie"),
        pl.col("taux_ppm").sort_by("rang").last().alias("taux_publie"),
    )
    rangs = publiees.group_by(APPEL).agg(pl.col("rang").max().alias("dernier_rang"))
    comparees = (
        lignes.join(deja, on=LIGNE, how="full", coalesce=True)
        .join(rangs, on=APPEL, how="left")
        .with_columns(
            pl.coalesce("taux_ppm", "taux_publie").alias("taux_ppm"),
            pl.col("base_centimes").fill_null(0) - pl.col("base_publiee").fill_null(0),
            pl.col("montant_centimes").fill_null(0) - pl.col("montant_publie").fill_null(0),
            (pl.col("dernier_rang").fill_null(0) + 1).alias("rang"),
        )
    )
    change = (pl.col("base_centimes") != 0) | (pl.col("montant_centimes") != 0)
    premiere = pl.col("dernier_rang").is_null()
    return (
        comparees.filter(premiere | change)
        .with_columns(
            pl.when(premiere)
            .then(pl.lit(INITIAL))
            .otherwise(pl.lit(COMPLEMENTAIRE))
            .alias("nature"),
            call_identifier().alias("appel"),
        )
        .select("appel", "rang", "nature", *LIGNE, "base_centimes", "taux_ppm", "montant_centimes")
        .sort("appel", "mois_rattachement", "cotisation")
    )


def call_identifier() -> pl.Expr:
    """`CDG-AAAAMM-RR`: management centre, month of call, rank in the month."""
    mois = pl.col("mois_appel").str.replace("-", "", literal=True)
    return pl.format("{}-{}-{}", "cdg", mois, pl.col("rang").cast(pl.String).str.zfill(2))


def compute_appels(
    lignes: pl.DataFrame, adherents: pl.DataFrame, echeances: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Calls of these lines (key `appel`), with their due date and their amount.

    `adherents`: cdg, adherent; `echeances`: mois, date_exigibilite. A first call is due after its
    month, a complementary one after the month of its publication (C-07, C-08).
    """
    mois = (
        pl.when(pl.col("nature") == INITIAL)
        .then("mois_appel")
        .otherwise(pl.lit(date_arrete.strftime("%Y-%m")))
    )
    return (
        lignes.group_by("appel", *APPEL, "rang", "nature")
        .agg(pl.col("montant_centimes").sum())
        .with_columns(mois.alias("mois"), pl.lit(date_arrete).alias("date_arrete"))
        .join(echeances, on="mois", how="left")
        .join(adherents, on="cdg", how="left")
        .drop("mois")
        .sort("appel")
    )
