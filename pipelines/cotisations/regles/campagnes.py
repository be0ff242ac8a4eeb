"""The weather contribution: each campaign computed again by month of attachment (C-05).

At a month of call X, from the bases of the lines called until X, over the months M that are
declared until X or that one of these bases is attached to:

    assiette(M) = max(0, bases attached until M - droit(M)) less the same at the month before

shared over the (management centre, contribution) whose base attached to M is positive; where none
is, over those that bear a positive assiette before M in this computation. The call X bears the
difference with the computation of the month of call before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.cotisations.regles.assiettes import LIGNE
from pipelines.cotisations.regles.cumuls import (
    MOIS,
    SERIE,
    declared_in,
    earned_right,
    with_assiettes,
)
from pipelines.cotisations.regles.plus_fort_reste import cut_by_weight
from pipelines.cotisations.regles.valeurs import month_index

CALCUL = [*SERIE, "calcul"]  # the month of call up to which a campaign is computed
ETAPE = [*CALCUL, "mois_rattachement"]
PORTEUR = ["cdg", "cotisation"]


@dataclass(frozen=True, slots=True)
class Campagnes:
    """The campaigns of some companies, computed at their months of call.

    `calculs`: CALCUL, `suivant` (the month of call after it, null for the last) and `corrigee`,
    whether a line is attached to another month than its own: where none is, each computation is the
    one before it and one month more, and only the last is there. `etapes`: ETAPE, cumul_centimes,
    droit_centimes, assiette_centimes; `parts`: ETAPE, PORTEUR, part_centimes.
    """

    calculs: pl.DataFrame
    etapes: pl.DataFrame
    parts: pl.DataFrame


def compute_campagnes(
    lignes: pl.DataFrame, declares: pl.DataFrame, series: pl.DataFrame
) -> Campagnes:
    """The campaigns among the `series` (of `describe_series`), by month of attachment.

    `lignes`: LIGNE, SERIE, base_centimes; `declares`: siren and mois_appel of every month declared.
    """
    campagnes = series.filter("par_rattachement")
    siennes, connus = lignes.join(campagnes, on=SERIE, how="semi"), declared_in(campagnes, declares)
    calculs = _computations(siennes, connus)
    jusque = pl.col("mois_appel") <= pl.col("calcul")
    bases = (
        calculs.join(siennes, on=SERIE)
        .filter(jusque)
        .group_by(*ETAPE, *PORTEUR)
        .agg(pl.col("base_centimes").sum())
    )
    mois = calculs.join(connus, on=SERIE).filter(jusque)
    mois = mois.select(*CALCUL, mois_rattachement="mois_appel")
    etapes = _steps(bases, mois, campagnes)
    return Campagnes(calculs, etapes, _shared(bases, etapes))


def share_campagnes(lignes: pl.DataFrame, campagnes: Campagnes) -> pl.DataFrame:
    """What each line bears of the assiettes of its campaign (key LIGNE): part_centimes.

    Every line of `campagnes` is there, with 0 when its base is its own abatement; so is a row
    without base whose part has changed.
    """
    siennes = lignes.join(campagnes.calculs, on=SERIE, how="semi")
    nulles = siennes.select(*LIGNE, pl.lit(0, pl.Int64).alias("part_centimes"))
    return (
        pl.concat([nulles, _differences(campagnes)])
        .group_by(LIGNE)
        .agg(pl.col("part_centimes").sum())
    )


def _computations(lignes: pl.DataFrame, declares: pl.DataFrame) -> pl.DataFrame:
    """`calculs` of Campagnes; `declares`: MOIS."""
    autre_mois = (pl.col("mois_appel") != pl.col("mois_rattachement")).any()
    corrigees = lignes.group_by(SERIE).agg(autre_mois.alias("corrigee"))
    mois = pl.concat([lignes.select(MOIS), declares]).unique().sort(MOIS)
    suivant = pl.col("mois_appel").shift(-1).over(SERIE)
    return (
        mois.with_columns(suivant.alias("suivant"))
        .join(corrigees, on=SERIE)
        .filter(pl.col("corrigee") | pl.col("suivant").is_null())
        .rename({"mois_appel": "calcul"})
    )


def _steps(bases: pl.DataFrame, declares: pl.DataFrame, campagnes: pl.DataFrame) -> pl.DataFrame:
    """`etapes` of Campagnes: the months declared and those that bear a base."""
    sommes = bases.group_by(ETAPE).agg(pl.col("base_centimes").sum())
    etapes = (
        pl.concat([declares, sommes.select(ETAPE)])
        .unique()
        .join(sommes, on=ETAPE, how="left")
        .join(campagnes, on=SERIE)
        .sort(ETAPE)
        .with_columns(
            pl.col("base_centimes").fill_null(0).cum_sum().over(CALCUL).alias("cumul_centimes"),
            earned_right(month_index(pl.col("mois_rattachement"))).alias("droit_centimes"),
        )
    )
    return with_assiettes(etapes, CALCUL).select(
        *ETAPE, "cumul_centimes", "droit_centimes", "assiette_centimes"
    )


def _shared(bases: pl.DataFrame, etapes: pl.DataFrame) -> pl.DataFrame:
    """`parts` of Campagnes: over the positive bases, else over what was borne."""
    poids = bases.filter(pl.col("base_centimes") > 0).rename({"base_centimes": "poids"})
    parts = _cut(poids.join(etapes, on=ETAPE))
    etapes = etapes.select(*ETAPE, "assiette_centimes")
    rendues = etapes.filter(pl.col("assiette_centimes") != 0).join(parts, on=ETAPE, how="anti")
    concernees = parts.join(rendues, on=CALCUL, how="semi")
    autres = parts.join(rendues, on=CALCUL, how="anti")
    return pl.concat([autres, _give_back(rendues, concernees)])


def _give_back(rendues: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """`parts` and those of the months without a positive base, that the earlier ones weigh."""
    mois = pl.col("mois_rattachement")
    for rendu in rendues["mois_rattachement"].unique().sort():
        poids = (
            parts.filter(mois < rendu)
            .group_by(*CALCUL, *PORTEUR)
            .agg(pl.col("part_centimes").sum().alias("poids"))
            .filter(pl.col("poids") > 0)
            .join(rendues.filter(mois == rendu), on=CALCUL)
        )
        parts = pl.concat([parts, _cut(poids)])
    return parts


def _cut(poids: pl.DataFrame) -> pl.DataFrame:
    coupees = cut_by_weight(poids, "assiette_centimes", ETAPE, PORTEUR)
    return coupees.select(*ETAPE, *PORTEUR, "part_centimes")


def _differences(campagnes: Campagnes) -> pl.DataFrame:
    """LIGNE and part_centimes: each computation less the one of the month of call before it."""
    situees = campagnes.parts.join(campagnes.calculs, on=CALCUL)
    colonnes = ["siren", "mois_rattachement", *PORTEUR]
    portees = situees.select(
        *colonnes,
        pl.when("corrigee").then("calcul").otherwise("mois_rattachement").alias("mois_appel"),
        "part_centimes",
    )
    reprises = situees.filter(pl.col("suivant").is_not_null()).select(
        *colonnes, pl.col("suivant").alias("mois_appel"), -pl.col("part_centimes")
    )
    return (
        pl.concat([portees, reprises])
        .group_by(LIGNE)
        .agg(pl.col("part_centimes").sum())
        .filter(pl.col("part_centimes") != 0)
    )
