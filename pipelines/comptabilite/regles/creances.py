"""What remains due: a call at a time, then a management centre at a time with its ageing.

For each centre, to the cent: what remains of its calls and of their late increases, less the credit
not allocated, is its balance.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.comptabilite.regles.chronologie import Histoire
from pipelines.comptabilite.regles.credits import APPEL_NEGATIF, REMISE
from pipelines.comptabilite.regles.dettes import split_calls
from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.retards import months_late
from specs.contrats import codes_of, computed_columns

SOLDEE, A_ECHOIR, ECHUE, ECHEANCIER = codes_of(
    "creances", "etat", "SOLDEE", "A_ECHOIR", "ECHUE", "ECHEANCIER"
)
# Last day of each age of what is overdue; the last age has none.
AGES = {
    "echu_0_30_centimes": 30,
    "echu_31_60_centimes": 60,
    "echu_61_90_centimes": 90,
    "echu_plus_90_centimes": None,
}


def compute_creances(faits: Faits, histoire: Histoire, date_arrete: date) -> pl.DataFrame:
    """Contract `creances`, but `part`: every call, with what remains of it.

    A negative call asks for nothing: what it gives is a credit, allocated or not.
    """
    dettes = histoire.dettes.select(
        "appel", "reste_obligatoire", "reste_facultatif", "depart", "reprise", "echeancier",
        "rompu", "fin_plan",
        (pl.col("majorations_brutes") - pl.col("majorations_remises")).alias("majorations"),
        "majorations_payees",
    )  # fmt: skip
    reste = pl.col("reste_obligatoire").fill_null(0) + pl.col("reste_facultatif").fill_null(0)
    majorations = pl.col("majorations").fill_null(0)
    return (
        split_calls(faits)
        .join(dettes, on="appel", how="left")
        .with_columns(
            pl.col("depart").alias("depart_retard"),
            reste.alias("reste_centimes"),
            pl.col("reste_obligatoire").fill_null(0).alias("reste_obligatoire_centimes"),
            (pl.col("montant_centimes") - reste).alias("regle_centimes"),
            majorations.alias("majorations_centimes"),
            (majorations - pl.col("majorations_payees").fill_null(0)).alias(
                "reste_majorations_centimes"
            ),
            pl.lit(date_arrete).alias("jour"),
        )
        .with_columns(_months(), _state())
        .select(computed_columns("creances"))
        .sort("appel")
    )


def _months() -> pl.Expr:
    """Months of delay of what remains due."""
    retard = months_late(pl.col("depart"), pl.col("jour"))
    return pl.when(pl.col("reste_centimes") > 0).then(retard).otherwise(0).alias("mois_retard")


def _state() -> pl.Expr:
    en_cours = ~pl.col("rompu") & (pl.col("fin_plan") >= pl.col("jour"))
    du = pl.col("reste_centimes") + pl.col("reste_majorations_centimes")
    return (
        pl.when(du == 0)
        .then(pl.lit(SOLDEE))
        .when(en_cours)
        .then(pl.lit(ECHEANCIER))
        .when(pl.col("jour") <= pl.col("date_exigibilite"))
        .then(pl.lit(A_ECHOIR))
        .otherwise(pl.lit(ECHUE))
        .alias("etat")
    )


def compute_soldes(
    faits: Faits, creances: pl.DataFrame, histoire: Histoire, date_arrete: date
) -> pl.DataFrame:
    """Contract `soldes`, but `part`: every centre that was called or that has a credit.

    `regle_centimes` is what was paid, less what came back, plus the free credits; negative calls
    lower `appele_centimes`.
    """
    cle = ["cdg", "siren", "adherent"]
    restes = _balances(creances, date_arrete).group_by("cdg").agg(pl.exclude("cdg").sum())
    paye = _paid(histoire).group_by("cdg").agg(pl.exclude("cdg").sum())
    soldes = (
        restes.join(paye, on="cdg", how="full", coalesce=True)
        .with_columns(pl.selectors.integer().fill_null(0))
        .join(faits.centres.select(cle), on="cdg", how="left")
    )
    echu = pl.sum_horizontal(*AGES)
    solde = pl.col("a_echoir_centimes") + echu - pl.col("avoir_centimes")
    return (
        soldes.with_columns(
            echu.alias("echu_centimes"),
            solde.alias("solde_centimes"),
            pl.lit(date_arrete).alias("date_arrete"),
        )
        .select(computed_columns("soldes"))
        .sort("cdg")
    )


def _balances(creances: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """Each call in the columns of a balance that it feeds."""
    du = pl.col("reste_centimes") + pl.col("reste_majorations_centimes")
    jours = (pl.lit(date_arrete) - pl.col("date_exigibilite")).dt.total_days()
    echue = pl.col("etat") == ECHUE
    premiers = [0, *(dernier + 1 for dernier in AGES.values() if dernier)]
    tranches = [
        (echue & (jours >= premier) & (True if dernier is None else jours <= dernier), nom)
        for premier, (nom, dernier) in zip(premiers, AGES.items(), strict=True)
    ]
    return creances.select(
        "cdg",
        pl.col("montant_centimes").alias("appele_centimes"),
        "majorations_centimes",
        pl.when(~echue).then(du).otherwise(0).alias("a_echoir_centimes"),
        *(pl.when(dedans).then(du).otherwise(0).alias(nom) for dedans, nom in tranches),
    )


def _paid(histoire: Histoire) -> pl.DataFrame:
    """Credits but remissions, by the centre that they paid or in which they wait."""
    return (
        credits_by_centre(histoire)
        .filter(pl.col("nature") != REMISE)
        .select(
            "cdg",
            pl.when(pl.col("nature") != APPEL_NEGATIF)
            .then(pl.col("impute_centimes") + pl.col("reste_centimes"))
            .otherwise(0)
            .alias("regle_centimes"),
            pl.col("reste_centimes").alias("avoir_centimes"),
        )
    )


def credits_by_centre(histoire: Histoire) -> pl.DataFrame:
    """Key: origine, nature, cdg. What each credit paid in a centre, and what waits there.

    Columns impute_centimes and reste_centimes (negative for a return that cancels no payment).
    """
    cle = ["origine", "nature", "cdg"]
    impute = (
        histoire.imputations.join(histoire.dettes.select("appel", "cdg"), on="appel")
        .group_by(cle)
        .agg(pl.col("montant_centimes").sum().alias("impute_centimes"))
    )
    reste = (
        histoire.credits.filter(pl.col("reste") != 0)
        .group_by("origine", "nature", cdg="domicile")
        .agg(pl.col("reste").sum().alias("reste_centimes"))
    )
    return (
        impute.join(reste, on=cle, how="full", coalesce=True)
        .with_columns(pl.col("impute_centimes", "reste_centimes").fill_null(0))
        .sort(cle)
    )
