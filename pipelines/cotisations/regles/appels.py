"""The calls: what the lines say from scratch, less what former calls of the month have said.

Sources: rules/decisions C-07 and C-08; cotisations sections 1, 8 and 10.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.cotisations.regles.assiettes import LIGNE, RETENUE
from specs.contrats import codes_of

APPEL = ["cdg", "siren", "mois_appel"]
INITIAL, ESTIME, COMPLEMENTAIRE = codes_of(
    "appels", "nature", "INITIAL", "ESTIME", "COMPLEMENTAIRE"
)
MESURES = [
    "base_brute_centimes",
    "heures_centiemes",
    "base_centimes",
    "abattement_centimes",
    "montant_centimes",
]
SANS_TELEPAIEMENT = pl.DataFrame(
    schema={**dict.fromkeys(APPEL, pl.String), "telepaiement": pl.Boolean}
)
VALEURS = ["refaction_ppm", "coefficient_ppm", "taux_ppm"]


def compute_differences(
    lignes: pl.DataFrame, publiees: pl.DataFrame, estimes: pl.DataFrame
) -> pl.DataFrame:
    """Lines of the calls to issue: from scratch, less what former calls of the month say (C-08).

    `lignes`: of `compute_lignes`, that wait for nothing; `publiees`: every line of the published
    calls (key LIGNE and `rang`); `estimes`: the APPEL that an estimated base is in. A month never
    called gets every line, even of zero; a month already called only what differs. Adds `rang` (of
    the new call in its month) and `nature`.
    """
    deja = publiees.group_by(LIGNE).agg(
        pl.col(MESURES).sum().name.suffix("_publie"),
        pl.col(VALEURS).sort_by("rang").last().name.suffix("_publie"),
    )
    rangs = publiees.group_by(APPEL).agg(pl.col("rang").max().alias("dernier_rang"))
    comparees = (
        lignes.join(deja, on=LIGNE, how="full", coalesce=True)
        .join(rangs, on=APPEL, how="left")
        .with_columns(
            *(pl.coalesce(nom, f"{nom}_publie").alias(nom) for nom in VALEURS),
            *(_difference(nom).alias(nom) for nom in MESURES),
            (pl.col("dernier_rang").fill_null(0) + 1).alias("rang"),
        )
    )
    change = pl.any_horizontal(pl.col(MESURES).fill_null(0) != 0)
    premiere = pl.col("dernier_rang").is_null()
    return (
        comparees.filter(premiere | change)
        .join(estimes.select(APPEL).unique().with_columns(estime=True), on=APPEL, how="left")
        .with_columns(
            pl.when(~premiere)
            .then(pl.lit(COMPLEMENTAIRE))
            .when(pl.col("estime").fill_null(value=False))
            .then(pl.lit(ESTIME))
            .otherwise(pl.lit(INITIAL))
            .alias("nature"),
            call_identifier().alias("appel"),
        )
        .select("appel", "rang", "nature", *LIGNE, *MESURES, *VALEURS)
        .sort("appel", "mois_rattachement", "cotisation")
    )


def _difference(mesure: str) -> pl.Expr:
    """From scratch less published; null where neither says anything (hours of what has none)."""
    calculee, publiee = pl.col(mesure), pl.col(f"{mesure}_publie")
    aucune = (mesure == "heures_centiemes") & calculee.is_null() & (publiee.fill_null(0) == 0)
    return pl.when(~aucune).then(calculee.fill_null(0) - publiee.fill_null(0))


def call_identifier() -> pl.Expr:
    """`CDG-AAAAMM-RR`: management centre, month of call, rank in the month."""
    return pl.format("{}-{}", "cdg", _month_and_rank())


def _month_and_rank() -> pl.Expr:
    mois = pl.col("mois_appel").str.replace("-", "", literal=True)
    return pl.format("{}-{}", mois, pl.col("rang").cast(pl.String).str.zfill(2))


def compute_appels(
    lignes: pl.DataFrame,
    adherents: pl.DataFrame,
    groupes: pl.DataFrame,
    echeances: pl.DataFrame,
    date_arrete: date,
) -> pl.DataFrame:
    """Calls of these lines (key `appel`), with their due date, their amount, how they are paid.

    `adherents`: cdg, adherent; `groupes`: groupe, cdg, debut, fin; `echeances`: mois,
    date_exigibilite. A first call is due after its month, a complementary one after the month of
    its publication (C-07, C-08). A payment group has one reference for the calls of a month.
    """
    mois = (
        pl.when(pl.col("nature") == COMPLEMENTAIRE)
        .then(pl.lit(date_arrete.strftime("%Y-%m")))
        .otherwise("mois_appel")
    )
    appels = (
        lignes.group_by("appel", *APPEL, "rang", "nature")
        .agg(pl.col("montant_centimes").sum())
        .with_columns(mois.alias("mois"), pl.lit(date_arrete).alias("date_arrete"))
        .join(echeances, on="mois", how="left")
        .join(adherents, on="cdg", how="left")
        .drop("mois")
    )
    groupe = pl.format("G{}-{}", "groupe", _month_and_rank())
    return (
        appels.join(_groups_at(appels, groupes), on="appel", how="left")
        .with_columns(pl.coalesce(groupe, "appel").alias("reference_paiement"))
        .sort("appel")
    )


def compute_telepaiements(releves: pl.DataFrame) -> pl.DataFrame:
    """What the wage returns that count say of the payment of their month: SANS_TELEPAIEMENT, APPEL.

    `releves`: contract `releves_tdp`. True when each of the centre asks for a debit on the due date
    (PAY = O); one that does not leaves the whole call to the company. Source: X-05.
    """
    retenus = releves.filter(pl.col("statut") == RETENUE)
    return retenus.group_by(APPEL).agg(pl.col("telepaiement").all()).sort(APPEL)


def _groups_at(appels: pl.DataFrame, groupes: pl.DataFrame) -> pl.DataFrame:
    """Payment group (appel, groupe) of each call that has one at its due date: the latest."""
    exigible = pl.col("date_exigibilite")
    return (
        appels.select("appel", "cdg", "date_exigibilite")
        .join(groupes.select("groupe", "cdg", "debut", "fin"), on="cdg")
        .filter(
            (pl.col("debut") <= exigible) & (pl.col("fin").is_null() | (exigible <= pl.col("fin")))
        )
        .sort("debut", "groupe")
        .group_by("appel")
        .agg(pl.col("groupe").last())
    )
