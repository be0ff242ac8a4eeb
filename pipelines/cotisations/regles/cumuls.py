"""Position of a company in its cumuls: what is beyond its abatement, or its threshold.

Two of them: the abatement of the weather contribution (C-05), the tranches of the professional one
(C-06). At a month of call M, after those before it:

    cumul(M)    = bases of the period called until M
    droit(M)    = abatement earned until the last month then known, or threshold
    assiette(M) = max(0, cumul(M) - droit(M)) less the same at the previous month of call

which may be negative: a credit. Which line bears what of it: `regles_parts`.
"""

from __future__ import annotations

import polars as pl

from pipelines.cotisations.regles.valeurs import MONTANT, known_periods, month_index, period_months
from specs.connaissances import Connaissances
from specs.montants import rounded_ratio
from specs.periodes import MOIS_PAR_AN

SERIE = ["siren", "cumul", "periode"]
MOIS = [*SERIE, "mois_appel"]
AU_DELA = "AU_DELA"


def with_periods(lignes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Lines that count in a cumul, with the `periode` of their month of attachment."""
    mois = period_months(lignes["mois_rattachement"], savoir)
    return lignes.filter(pl.col("partie") == AU_DELA).join(mois, on=["cumul", "mois_rattachement"])


def describe_series(
    lignes: pl.DataFrame, adherents: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """What gives the right of each SERIE of `lignes`; one whose amount is unknown has no row.

    Adds premier, dernier (indices of months), montant_annuel_centimes, strategie, prorata,
    debut_activite, fin_activite (null: no limit) and `par_rattachement`: whether what is beyond is
    followed by month of attachment.
    """
    periodes = known_periods(lignes["mois_rattachement"], savoir)
    return (
        lignes.select(SERIE)
        .unique()
        .join(periodes.filter(pl.col(MONTANT).is_not_null()), on=["cumul", "periode"])
        .join(adherents.select("siren", "debut_activite", "fin_activite"), on="siren", how="left")
    )


def declared_in(series: pl.DataFrame, declares: pl.DataFrame) -> pl.DataFrame:
    """MOIS: the months of `declares` (siren, mois_appel) that lie inside each of the series."""
    dedans = month_index(pl.col("mois_appel")).is_between("premier", "dernier")
    return series.join(declares, on="siren").filter(dedans).select(MOIS)


def compute_cumuls(
    lignes: pl.DataFrame, declares: pl.DataFrame, series: pl.DataFrame
) -> pl.DataFrame:
    """Contract `cumuls_cotisations` but `part`: from the first month of call that bears a base on.

    `lignes`: what counts in a cumul (LIGNE, cumul, base_centimes, periode); `declares`: siren and
    mois_appel of every month declared, so that one without a base may give a credit; `series`: of
    `describe_series`.
    """
    connus = [
        declared_in(series, declares).with_columns(connu="mois_appel"),
        lignes.select(*MOIS, connu="mois_rattachement"),
    ]
    sommes = lignes.group_by(MOIS).agg(pl.col("base_centimes").sum())
    situes = (
        pl.concat(connus)
        .group_by(MOIS)
        .agg(pl.col("connu").max())
        .join(sommes, on=MOIS, how="left")
        .join(series, on=SERIE)
        .sort(MOIS)
        .with_columns(
            month_index(pl.col("connu")).cum_max().over(SERIE).alias("jusque"),
            pl.col("base_centimes").is_not_null().cum_max().over(SERIE).alias("entamee"),
        )
        .filter("entamee")
        .with_columns(pl.col("base_centimes").fill_null(0))
        .with_columns(
            pl.col("base_centimes").cum_sum().over(SERIE).alias("cumul_centimes"),
            earned_right(pl.col("jusque")).alias("droit_centimes"),
        )
    )
    return with_assiettes(situes, SERIE).select(
        *MOIS,
        "base_centimes",
        "cumul_centimes",
        "droit_centimes",
        "assiette_cumulee_centimes",
        "assiette_centimes",
        (pl.col("base_centimes") - pl.col("assiette_centimes")).alias("abattement_centimes"),
        "strategie",
    )


def with_assiettes(mois: pl.DataFrame, serie: list[str]) -> pl.DataFrame:
    """`mois` (cumul_centimes, droit_centimes; sorted in a serie) with what each one is due for.

    Adds assiette_cumulee_centimes, what is beyond the right, and assiette_centimes, the same less
    that of the month before.
    """
    au_dela = pl.max_horizontal(pl.col("cumul_centimes") - pl.col("droit_centimes"), 0)
    avant = pl.col("assiette_cumulee_centimes").shift(1, fill_value=0).over(serie)
    return mois.with_columns(au_dela.alias("assiette_cumulee_centimes")).with_columns(
        (pl.col("assiette_cumulee_centimes") - avant).alias("assiette_centimes")
    )


def earned_right(rang: pl.Expr) -> pl.Expr:
    """Abatement at the end of the month of index `rang`, from the columns of `describe_series`.

    A twelfth a month of activity elapsed, or those of the whole period; a threshold is whole.
    """
    premier, dernier = pl.col("premier"), pl.col("dernier")
    prorata = pl.col("prorata") != "aucun"
    entre = pl.when(prorata).then(_first_month()).fill_null(premier)
    sort = pl.when(prorata).then(_last_month()).fill_null(dernier)
    jusque = pl.when(pl.col("strategie") == "mensuel_cumule").then(rang).otherwise(dernier)
    fin = pl.min_horizontal(dernier, sort, jusque)
    mois = pl.max_horizontal(fin - pl.max_horizontal(premier, entre) + 1, 0)
    return rounded_ratio(pl.col(MONTANT).cast(pl.Int128) * mois, MOIS_PAR_AN)


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
