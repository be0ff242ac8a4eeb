"""The lines of call: for every contribution of the table, base less abatement, by the rate.

Written for a table of contributions (specs/baremes/cotisations.yaml): nothing here names one.
Sources: rules/decisions C-01 to C-06; cotisations sections 2 to 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.cotisations.regles.assiettes import (
    LIGNE,
    SOMME,
    TAUX_ABSENT,
    counted,
    gather_bases,
    value_assiettes,
)
from pipelines.cotisations.regles.campagnes import compute_campagnes
from pipelines.cotisations.regles.cumuls import (
    AU_DELA,
    compute_cumuls,
    describe_series,
    with_periods,
)
from pipelines.cotisations.regles.parts import share_assiettes
from pipelines.cotisations.regles.valeurs import COEFFICIENT, MONTANT, SALAIRE
from pipelines.registre import Registre
from specs.baremes import TAUX
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import rounded_product

RETENUE, EN_ATTENTE = codes_of("bases", "statut", "RETENUE", "EN_ATTENTE")
JUMELLE = ["cdg", "siren", "mois_appel", "mois_rattachement", "cumul"]
CHIFFRES = [
    "base_brute_centimes",
    "heures_centiemes",
    "refaction_ppm",
    COEFFICIENT,
    "base_centimes",
    "abattement_centimes",
    TAUX,
    "montant_centimes",
]


@dataclass(frozen=True, slots=True)
class Calcul:
    """Everything that is due for the bases of some companies, computed from scratch.

    `lignes`: LIGNE, CHIFFRES and `manque`, what names the dated value that a line waits for (its
    amount is null); `cumuls`: contract `cumuls_cotisations` but `part`.
    """

    lignes: pl.DataFrame
    cumuls: pl.DataFrame


def compute_lignes(
    sommes: pl.DataFrame, declares: pl.DataFrame, registre: Registre, savoir: Connaissances
) -> Calcul:
    """Lines of call of all the months of some companies, whole, and their cumuls.

    `sommes`: bases summed by `sum_bases`; `declares`: of `declared_months`. On a line, montant =
    round((base - abattement) x taux). A contribution for which no rate was ever known gives no line
    (C-06), nor does a row of a campaign on which nothing stands (C-05).
    """
    cumulees = gather_bases(sommes, registre, savoir).group_by(LIGNE).agg(pl.col("quantite").sum())
    lignes = value_assiettes(cumulees, registre, savoir)
    cumulees = with_periods(lignes, savoir)
    series = describe_series(cumulees, registre.adherents, savoir)
    cumuls = compute_cumuls(cumulees, declares, series)
    campagnes = compute_campagnes(cumulees, declares, series)
    parts = share_assiettes(cumulees, cumuls, campagnes)
    avoirs = parts.select(LIGNE).join(lignes, on=LIGNE, how="anti")
    if avoirs.height:
        a_zero = avoirs.with_columns(quantite=pl.lit(0, pl.Int64))
        lignes = pl.concat([lignes, value_assiettes(a_zero, registre, savoir)])
    abattues = _abated(lignes, parts)
    chiffrees = abattues.with_columns(
        rounded_product(
            pl.col("base_centimes") - pl.col("abattement_centimes"), pl.col(TAUX)
        ).alias("montant_centimes"),
        _missing().alias("manque"),
    )
    dues = chiffrees.filter(rated(savoir) & ~_empty(series))
    return Calcul(dues.select(*LIGNE, *CHIFFRES, "manque").sort(LIGNE), cumuls)


def _abated(lignes: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Lines with the part of their base that is not due; null when its amount is unknown.

    A line within a threshold leaves to its twin, beyond it, what that one bears.
    """
    jumelles = (
        lignes.select(*LIGNE, "cumul")
        .join(parts, on=LIGNE)
        .group_by(JUMELLE)
        .agg(pl.col("part_centimes").sum().alias("part_jumelle"))
    )
    abattement = (
        pl.when(pl.col("cumul").is_null())
        .then(pl.lit(0, pl.Int64))
        .when(pl.col("partie") == AU_DELA)
        .then(pl.col("base_centimes") - pl.col("part_centimes"))
        .otherwise("part_jumelle")
    )
    return (
        lignes.join(parts, on=LIGNE, how="left")
        .join(jumelles, on=JUMELLE, how="left")
        .with_columns(abattement.alias("abattement_centimes"))
    )


def _empty(series: pl.DataFrame) -> pl.Expr:
    """Rows of a campaign without base nor abatement: they are no difference (C-05)."""
    campagnes = series.filter("par_rattachement")["cumul"].unique()
    mesures = pl.col("base_brute_centimes", "base_centimes", "abattement_centimes")
    return pl.col("cumul").is_in(campagnes.implode()).fill_null(value=False) & pl.all_horizontal(
        mesures.eq_missing(0)
    )


def rated(savoir: Connaissances) -> pl.Expr:
    """Whether a rate was ever known for the contribution."""
    return pl.col("cotisation").is_in([c for c, b in savoir.baremes.items() if b.series.get(TAUX)])


def _missing() -> pl.Expr:
    """The first dated value that a line waits for, as `CP (taux_ppm)`; null when none is."""
    absences = [
        (pl.col(COEFFICIENT).is_null(), COEFFICIENT),
        (pl.col("base_centimes").is_null(), SALAIRE),
        (pl.col("abattement_centimes").is_null(), MONTANT),
        (pl.col(TAUX).is_null(), TAUX),
    ]
    return pl.coalesce(
        pl.when(absente).then(pl.format("{} ({})", "cotisation", pl.lit(serie)))
        for absente, serie in absences
    )


def mark_waiting(
    bases: pl.DataFrame, lignes: pl.DataFrame, registre: Registre, savoir: Connaissances
) -> pl.DataFrame:
    """`bases` (contract) in which those of the lines that wait say so: CP-05 and `manque`.

    `lignes`: of `compute_lignes` on these bases. A base waits when every contribution it feeds
    does; one that some call is retained.
    """
    sommes = (
        bases.filter(counted()).select(SOMME).unique().with_columns(quantite=pl.lit(0, pl.Int64))
    )
    nourries = gather_bases(sommes, registre, savoir).filter(rated(savoir))
    attentes = (
        nourries.join(lignes.select(*LIGNE, "manque"), on=LIGNE)
        .group_by(SOMME)
        .agg(
            pl.col("manque").is_not_null().all().alias("attend"),
            pl.col("manque").drop_nulls().sort().str.join(", ").alias("manque"),
        )
        .filter(pl.col("manque") != "")
    )
    marquees = bases.drop("manque").join(attentes, on=SOMME, how="left", maintain_order="left")
    compte, incomplete = counted(), pl.col("manque").is_not_null()
    return marquees.with_columns(
        pl.when(compte & pl.col("attend").fill_null(value=False))
        .then(pl.lit(EN_ATTENTE))
        .when(compte)
        .then(pl.lit(RETENUE))
        .otherwise("statut")
        .alias("statut"),
        pl.when(compte & incomplete)
        .then(pl.lit(TAUX_ABSENT))
        .when(~compte)
        .then("motif")
        .alias("motif"),
        pl.when(compte).then("manque").alias("manque"),
    ).select(bases.columns)
