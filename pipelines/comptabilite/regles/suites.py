"""What became of the decisions on accounts: applied, applied in part, respected, lapsed."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.comptabilite.regles.chronologie import Histoire
from pipelines.comptabilite.regles.faits import Faits
from pipelines.reglements.regles.identifiants import decision_origin
from specs.contrats import codes_of, computed_columns

NATURES = REMISE_MAJORATION, ECHEANCIER, AVOIR = codes_of(
    "suites_decisions", "nature", "REMISE_MAJORATION", "ECHEANCIER", "AVOIR"
)
APPLIQUEE, PARTIELLE, EN_COURS, RESPECTE, ROMPU, SANS_EFFET = codes_of(
    "suites_decisions", "etat",
    "APPLIQUEE", "PARTIELLE", "EN_COURS", "RESPECTE", "ROMPU", "SANS_EFFET",
)  # fmt: skip
MOTIFS = {
    PARTIELLE: "Les majorations dues à la date d'effet étaient inférieures au montant remis.",
    ROMPU: "Une échéance n'a pas été payée à sa date.",
}
POURQUOI_SANS_EFFET = {
    REMISE_MAJORATION: "Aucune majoration n'était due à la date d'effet.",
    ECHEANCIER: "Aucun des appels nommés n'est connu, ou un échéancier plus récent les reprend.",
    AVOIR: "Le montant est nul.",
}


def compute_suites(
    faits: Faits, histoire: Histoire, echeances: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Contract `suites_decisions`, but `part`: every decision in effect at `date_arrete`."""
    en_effet = pl.col("nature").is_in(NATURES) & (pl.col("date_effet") <= date_arrete)
    suivies = (
        faits.decisions.filter(en_effet)
        .select("siren", "cdg", "nature", "date_effet", "montant_centimes", decision="numero")
        .join(_credits_applied(faits, histoire), on="decision", how="left")
        .join(_plans(histoire, echeances), on="decision", how="left")
        .with_columns(
            pl.coalesce("total_plan", "montant_centimes").fill_null(0).alias("decide_centimes"),
            pl.coalesce("paye_plan", "applique").fill_null(0).alias("applique_centimes"),
        )
    )
    return (
        suivies.with_columns(_state(date_arrete).alias("etat"))
        .with_columns(_reason().alias("motif"))
        .select(computed_columns("suites_decisions"))
        .sort("decision")
    )


def _credits_applied(faits: Faits, histoire: Histoire) -> pl.DataFrame:
    """decision, applique: what was remitted; the whole of a free credit, which always counts."""
    remis = histoire.imputations.group_by("origine").agg(pl.col("montant_centimes").sum())
    avoir = pl.col("nature") == AVOIR
    return (
        faits.decisions.select(
            "nature", decision_origin("numero").alias("origine"), avoir="montant_centimes",
            decision="numero",
        )
        .join(remis, on="origine", how="left")
        .select(
            "decision",
            pl.when(avoir).then("avoir").otherwise("montant_centimes").alias("applique"),
        )
    )  # fmt: skip


def _plans(histoire: Histoire, echeances: pl.DataFrame) -> pl.DataFrame:
    """decision, total_plan, fin, paye_plan, rompu: the plans that cover at least one call."""
    totaux = echeances.group_by(decision="echeancier").agg(
        pl.col("cumul_centimes").max().alias("total_plan"), pl.col("date").max().alias("fin")
    )
    suivis = (
        histoire.dettes.drop_nulls("echeancier")
        .group_by(decision="echeancier")
        .agg(pl.col("paye_plan").sum(), pl.col("rompu").any())
    )
    return suivis.join(totaux, on="decision")


def _state(date_arrete: date) -> pl.Expr:
    """State of a decision; a plan that covers no call has no last instalment here."""
    plan = pl.col("nature") == ECHEANCIER
    return (
        pl.when(plan & pl.col("fin").is_null()).then(pl.lit(SANS_EFFET))
        .when(plan & pl.col("rompu")).then(pl.lit(ROMPU))
        .when(plan & (pl.col("fin") >= date_arrete)).then(pl.lit(EN_COURS))
        .when(plan).then(pl.lit(RESPECTE))
        .when(pl.col("applique_centimes") == 0).then(pl.lit(SANS_EFFET))
        .when(pl.col("applique_centimes") < pl.col("decide_centimes")).then(pl.lit(PARTIELLE))
        .otherwise(pl.lit(APPLIQUEE))
    )  # fmt: skip


def _reason() -> pl.Expr:
    sans_effet = pl.col("nature").replace_strict(POURQUOI_SANS_EFFET)
    return (
        pl.when(pl.col("etat") == SANS_EFFET)
        .then(sans_effet)
        .otherwise(pl.col("etat").replace_strict(MOTIFS, default=None, return_dtype=pl.String))
    )
