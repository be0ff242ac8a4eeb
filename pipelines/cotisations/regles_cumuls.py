"""Cumuls of a company over a period: what is beyond its abatement, or its threshold.

One mechanism for the abatement of the weather contribution (C-05) and for the tranches of the
professional one (C-06). Over the months of call of a company, in order:

    cumul(M)    = bases of the period called until M
    droit(M)    = abatement earned until M, or threshold
    assiette(M) = max(0, cumul(M) - droit(M)) less the same at the previous month of call

which may be negative: a credit. It is shared over the lines of the month by largest remainder.
"""

from __future__ import annotations

import polars as pl

from pipelines.cotisations.regles_assiettes import LIGNE
from pipelines.cotisations.valeurs import (
    known_periods,
    month_index,
    month_text,
    period_months,
)
from specs.connaissances import Connaissances
from specs.montants import rounded_ratio
from specs.periodes import MOIS_PAR_AN

SERIE = ["siren", "cumul", "periode"]
MOIS = [*SERIE, "mois_appel"]
AU_DELA = "AU_DELA"
ORDRE = ["cdg", "mois_rattachement", "cotisation"]


def compute_cumuls(
    lignes: pl.DataFrame,
    actifs: pl.DataFrame,
    adherents: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Contract `cumuls_cotisations` but `part`, with the index of the last month of the period.

    `lignes`: what counts in a cumul (LIGNE, cumul, base_centimes, periode); `actifs`: siren and
    mois_appel of every month of call, so that a month without a base may give a credit;
    `adherents`: activity of the companies. A period whose amount is unknown gives no row.
    """
    periodes = known_periods(lignes["mois_rattachement"], savoir)
    series = lignes.select(SERIE).unique()
    rang = month_index(pl.col("mois_appel"))
    dedans = (
        series.join(periodes, on=["cumul", "periode"])
        .join(actifs, on="siren")
        .filter(rang.is_between("premier", "dernier"))
    )
    mois = pl.concat([dedans.select(MOIS), lignes.select(MOIS)]).unique()
    sommes = lignes.group_by(MOIS).agg(pl.col("base_centimes").sum())
    situes = (
        mois.join(sommes, on=MOIS, how="left")
        .join(periodes, on=["cumul", "periode"])
        .filter(pl.col("montant_annuel_centimes").is_not_null())
        .join(adherents, on="siren", how="left")
        .sort(MOIS)
        .with_columns(pl.col("base_centimes").fill_null(0), _droit(rang).alias("droit_centimes"))
        .with_columns(pl.col("base_centimes").cum_sum().over(SERIE).alias("cumul_centimes"))
    )
    au_dela = pl.max_horizontal(pl.col("cumul_centimes") - pl.col("droit_centimes"), 0)
    avant = pl.col("assiette_cumulee_centimes").shift(1, fill_value=0).over(SERIE)
    return (
        situes.with_columns(au_dela.alias("assiette_cumulee_centimes"))
        .with_columns((pl.col("assiette_cumulee_centimes") - avant).alias("assiette_centimes"))
        .select(
            *MOIS,
            "base_centimes",
            "cumul_centimes",
            "droit_centimes",
            "assiette_cumulee_centimes",
            "assiette_centimes",
            (pl.col("base_centimes") - pl.col("assiette_centimes")).alias("abattement_centimes"),
            "strategie",
            "premier",
            "dernier",
        )
    )


def _droit(rang: pl.Expr) -> pl.Expr:
    """Abatement at the month of index `rang`: a twelfth a month of activity, or the whole."""
    premier, dernier = pl.col("premier"), pl.col("dernier")
    prorata = pl.col("prorata") != "aucun"
    entre = pl.when(prorata).then(_first_month()).fill_null(premier)
    sort = pl.when(prorata).then(_last_month()).fill_null(dernier)
    jusque = pl.when(pl.col("strategie") == "mensuel_cumule").then(rang).otherwise(dernier)
    fin = pl.min_horizontal(dernier, sort, jusque)
    mois = pl.max_horizontal(fin - pl.max_horizontal(premier, entre) + 1, 0)
    montant = pl.col("montant_annuel_centimes").cast(pl.Int128)
    return rounded_ratio(montant * mois, MOIS_PAR_AN)


def _first_month() -> pl.Expr:
    """Index of the first month of activity that counts (null: no limit)."""
    debut = pl.col("debut_activite")
    mois = month_index(debut.dt.strftime("%Y-%m"))
    entame = (pl.col("prorata") == "mois_complet") & (debut.dt.day() > 1)
    return mois + entame.cast(pl.Int64)


def _last_month() -> pl.Expr:
    """Index of the last month of activity that counts (null: no limit)."""
    fin = pl.col("fin_activite")
    mois = month_index(fin.dt.strftime("%Y-%m"))
    entame = (pl.col("prorata") == "mois_complet") & (fin != fin.dt.month_end())
    return mois - entame.cast(pl.Int64)


def share_assiettes(lignes: pl.DataFrame, cumuls: pl.DataFrame) -> pl.DataFrame:
    """What each line bears of the assiette of its month (key LIGNE): part_centimes.

    Over the lines with a positive base, else over the size of the bases of the month; a month
    without any gives lines of its own, over the cumulated bases of the period (a credit).
    """
    du_mois = lignes.join(cumuls.select(*MOIS, "assiette_centimes"), on=MOIS)
    base = pl.col("base_centimes")
    positive = (base > 0).any().over(MOIS)
    du_mois = du_mois.with_columns(
        pl.when(positive).then(base.clip(0)).otherwise(base.abs()).alias("poids")
    )
    colonnes = [*MOIS, *ORDRE, "assiette_centimes", "poids"]
    porte = pl.col("poids").sum().over(MOIS) > 0
    portees = du_mois.filter(porte)
    seuls = cumuls.filter(pl.col("assiette_centimes") != 0).join(portees, on=MOIS, how="anti")
    poids = pl.concat([portees.select(colonnes), _cumulated(lignes, seuls).select(colonnes)])
    nulles = du_mois.filter(~porte).select(LIGNE).with_columns(part_centimes=pl.lit(0, pl.Int64))
    parts = pl.concat([_largest_remainder(poids).select(*LIGNE, "part_centimes"), nulles])
    return parts.group_by(LIGNE).agg(pl.col("part_centimes").sum())


def _cumulated(lignes: pl.DataFrame, seuls: pl.DataFrame) -> pl.DataFrame:
    """Positive cumulated bases by management centre and contribution, at the months `seuls`."""
    appele = month_index(pl.col("mois_appel"))
    mois = pl.min_horizontal(pl.max_horizontal(appele, "premier"), "dernier")
    return (
        seuls.select(*MOIS, "assiette_centimes", "premier", "dernier")
        .join(
            lignes.select(*SERIE, "cdg", "cotisation", "base_centimes", appelee="mois_appel"),
            on=SERIE,
        )
        .filter(pl.col("appelee") <= pl.col("mois_appel"))
        .group_by(*MOIS, "assiette_centimes", "premier", "dernier", "cdg", "cotisation")
        .agg(pl.col("base_centimes").sum().alias("poids"))
        .filter(pl.col("poids") > 0)
        .with_columns(month_text(mois).alias("mois_rattachement"))
    )


def _largest_remainder(poids: pl.DataFrame) -> pl.DataFrame:
    """`assiette_centimes` of each month cut by `poids`, to the centime; ties go by key."""
    assiette = pl.col("assiette_centimes").cast(pl.Int128)
    total = pl.col("poids").cast(pl.Int128).sum().over(MOIS)
    produit = assiette.abs() * pl.col("poids")
    coupees = poids.with_columns(
        (produit // total).cast(pl.Int64).alias("entier"), (produit % total).alias("reste")
    ).sort(*MOIS, "reste", *ORDRE, descending=[False] * len(MOIS) + [True] + [False] * len(ORDRE))
    a_donner = pl.col("assiette_centimes").abs() - pl.col("entier").sum().over(MOIS)
    rang = pl.int_range(pl.len()).over(MOIS)
    part = pl.col("entier") + (rang < a_donner).cast(pl.Int64)
    return coupees.with_columns((part * pl.col("assiette_centimes").sign()).alias("part_centimes"))


def with_periods(lignes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Lines that count in a cumul, with the `periode` of their month of attachment."""
    mois = period_months(lignes["mois_rattachement"], savoir)
    return lignes.filter(pl.col("partie") == AU_DELA).join(mois, on=["cumul", "mois_rattachement"])
