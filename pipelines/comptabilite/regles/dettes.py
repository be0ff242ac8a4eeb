"""Debts of the members: what each call asks for, from when it is late, under which plan."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.comptabilite.regles.echeanciers import compute_calls_under_plan
from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.parametres import month_of


def split_calls(faits: Faits) -> pl.DataFrame:
    """Calls (contract `appels`) with `obligatoire_centimes`: the part that bears late increases.

    Between 0 and the amount: a call whose parts have opposite signs asks for their sum only.
    """
    part = (
        faits.lignes_appel.filter(pl.col("cotisation").is_in(sorted(faits.obligatoires)))
        .group_by("appel")
        .agg(pl.col("montant_centimes").sum().alias("obligatoire_centimes"))
    )
    plafond = pl.col("montant_centimes").clip(lower_bound=0)
    borne = pl.min_horizontal(
        pl.col("obligatoire_centimes").fill_null(0).clip(lower_bound=0), plafond
    )
    return faits.appels.join(part, on="appel", how="left").with_columns(
        borne.alias("obligatoire_centimes")
    )


def compute_dettes(
    faits: Faits, rejets: pl.DataFrame, parametres: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Debts as they are born (key `appel`): the calls with a positive amount.

    Columns of the call, mois_origine (centre and month), reste_obligatoire, reste_facultatif,
    depart (lateness counts from it), taux_ppm, and of its plan, null without one: echeancier (the
    decision), effet, fin_plan (the last instalment), gel and reprise (no increase between them).
    """
    appels = split_calls(faits).filter(pl.col("montant_centimes") > 0)
    plans = compute_calls_under_plan(faits, parametres, date_arrete)
    return (
        appels.join(_first_refusals(faits, rejets), on="appel", how="left")
        .with_columns(month_of("date_exigibilite"))
        .join(parametres, on="mois", how="left")
        .join(plans, on=["siren", "appel"], how="left")
        .select(
            "appel", "siren", "adherent", "cdg", "groupe", "mois_appel", "reference_paiement",
            pl.format("{} {}", "cdg", "mois_appel").alias("mois_origine"),
            pl.min_horizontal("date_arrete", pl.lit(date_arrete)).alias("date_emission"),
            "date_exigibilite",
            _start_of_delay(date_arrete).alias("depart"),
            "taux_ppm", "echeancier", "effet", "gel", "reprise", "fin_plan",
            pl.col("obligatoire_centimes").alias("reste_obligatoire"),
            (pl.col("montant_centimes") - pl.col("obligatoire_centimes")).alias("reste_facultatif"),
        )
        .sort("date_exigibilite", "appel")
    )  # fmt: skip


def _first_refusals(faits: Faits, rejets: pl.DataFrame) -> pl.DataFrame:
    """Calls whose debit came back: presente_le of the first, rejete_le if the company is the cause.

    `attend`: the last debit of the call is the fund's to hand over again.
    """
    revenu, a_remettre = pl.col("date_rejet").is_not_null(), pl.col("a_remettre")
    return (
        faits.prelevements_appels.join(rejets, on="prelevement", how="left")
        .join(faits.prelevements.select("prelevement", "date_emission"), on="prelevement")
        .sort("date_emission", "prelevement")
        .group_by("appel", maintain_order=True)
        .agg(
            pl.col("date_emission").filter(revenu).first().alias("presente_le"),
            pl.col("date_rejet").filter(revenu & ~a_remettre).first().alias("rejete_le"),
            (revenu & a_remettre).last().fill_null(value=False).alias("attend"),
        )
    )


def _start_of_delay(date_arrete: date) -> pl.Expr:
    """Due date; or the first refusal, for a debit that was issued in time (option).

    A call that the fund must hand over again, for no fault of its company, is not late meanwhile.
    """
    a_temps = pl.col("presente_le") <= pl.col("date_exigibilite")
    rejete = pl.col("rejete_le").is_not_null()
    return (
        pl.when(a_temps & rejete & (pl.col("depart_apres_rejet") == "rejet"))
        .then(pl.max_horizontal("date_exigibilite", "rejete_le"))
        .when(a_temps & ~rejete & pl.col("attend"))
        .then(pl.max_horizontal("date_exigibilite", pl.lit(date_arrete)))
        .otherwise("date_exigibilite")
    )
