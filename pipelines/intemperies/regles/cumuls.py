"""What an employee has used and earned, by company and calendar year.

Source: intemperies section 8; choices I-02, I-11, I-13, I-43.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.intemperies.regles.noms import name_compteur
from pipelines.intemperies.regles.remboursements import CLE, DEFINITIF
from pipelines.intemperies.regles.valeurs import Bornes
from specs.contrats import computed_columns

CUMUL = ["salarie", "siren", "annee"]
HEURES = [
    "perdues_centiemes",
    "carence_centiemes",
    "indemnisees_centiemes",
    "premieres_centiemes",
]


def compute_cumuls(
    jours: pl.DataFrame,
    comptes: pl.DataFrame,
    indemnites: pl.DataFrame,
    remboursements: pl.DataFrame,
    bornes: Mapping[int, Bornes],
) -> pl.DataFrame:
    """Contract `cumuls_intemperies`, but part.

    `jours` and `comptes`: of `compute_annees`; `remboursements`: all rows, tonight's included.
    """
    cle = [*CUMUL]
    par_jour = (
        jours.with_columns(annee=pl.col("date").dt.year().cast(pl.Int64))
        .sort("date")
        .group_by(cle)
        .agg(
            pl.col("matricule").last(),
            pl.col("declaration").n_unique().cast(pl.Int64).alias("declarations"),
            *(pl.col(nom).sum() for nom in HEURES),
        )
    )
    dus = indemnites.group_by(cle).agg(
        pl.col("heures_conges_centiemes").sum(),
        pl.col("indemnite_calculee_centimes").sum().alias("indemnite_centimes"),
    )
    rendus = refunded(remboursements).group_by(cle).agg(
        pl.col("provisoire_centimes").sum(), pl.col("definitif_centimes").sum()
    )  # fmt: skip
    # A refund stays in the year of its days even when these are gone.
    lignes = pl.concat([par_jour.select(cle), rendus.select(cle)]).unique()
    totaux = comptes.group_by("salarie", "annee").agg(
        pl.col("indemnites_journalieres_centiemes").first()
    )
    propres = comptes.select(*CUMUL, "indemnites_entreprise_centiemes")
    limites = pl.DataFrame(
        [(annee, b.indemnites * 100) for annee, b in bornes.items()],
        {"annee": pl.Int64, "limite": pl.Int64},
        orient="row",
    )
    zeros = ["declarations", *HEURES, *dus.columns[3:], *rendus.columns[3:]]
    comptees = ["indemnites_journalieres_centiemes", "indemnites_entreprise_centiemes"]
    return (
        lignes.join(par_jour, on=cle, how="left")
        .join(dus, on=cle, how="left")
        .join(rendus, on=cle, how="left")
        .join(totaux, on=["salarie", "annee"], how="left")
        .join(propres, on=cle, how="left")
        .join(limites, on="annee", how="left")
        .with_columns(pl.col(*zeros, *comptees).fill_null(0))
        .with_columns(
            restantes_centiemes=pl.max_horizontal(pl.col("limite") - pl.col(comptees[0]), 0),
            compteur=name_compteur(),
        )
        .select(computed_columns("cumuls_intemperies"))
        .sort(CUMUL)
    )  # fmt: skip


def refunded(remboursements: pl.DataFrame) -> pl.DataFrame:
    """Of each part: what was given before its final refund, and what it comes to since."""
    final = pl.col("nature") == DEFINITIF
    rang_final = pl.col("rang").filter(final).min()
    montant = pl.col("montant_centimes")
    return remboursements.group_by(CLE).agg(
        montant.filter(rang_final.is_null() | (pl.col("rang") < rang_final))
        .sum()
        .alias("provisoire_centimes"),
        pl.when(final.any()).then(montant.sum()).otherwise(0).alias("definitif_centimes"),
    )
