"""The identities that count: those of the declarations that nothing replaces, month by month."""

from __future__ import annotations

import polars as pl

from pipelines.declarations.regles.statuts import EN_ATTENTE, HORS_DATES, MENSUELLE, REMPLACEE
from specs.contrats import computed_columns

CLE_DEPOT = ["depot", "rang_declaration"]
IDENTITE = [
    "siren",
    "salarie",
    "temporaire",
    "certifie",
    "matricule",
    "etat_civil",
    "etat_civil_usage",
]


def keep_counting(declarations: pl.DataFrame) -> pl.DataFrame:
    """Monthly declarations whose individuals are known by the fund: depot, rang_declaration, mois.

    `declarations`: of `compute_statuts`. One that is replaced, or that waits, tells nothing; one
    of a month that the dates of its establishment do not hold tells who its employees are.
    """
    attend = (pl.col("statut") == EN_ATTENTE) & (pl.col("motif") != HORS_DATES)
    return (
        declarations.filter(
            (pl.col("nature") == MENSUELLE) & (pl.col("statut") != REMPLACEE) & ~attend
        )
        .select(*CLE_DEPOT, "siren", mois="mois_appel")
        .drop_nulls()
    )


def compute_mensuelles(lues: pl.DataFrame, comptent: pl.DataFrame) -> pl.DataFrame:
    """Contract `identites_mensuelles` but `part`: `identites_lues` of the declarations that count.

    `comptent`: of `keep_counting`.
    """
    mois = comptent.select(*CLE_DEPOT, "mois")
    colonnes = computed_columns("identites_mensuelles")
    return lues.join(mois, on=CLE_DEPOT, maintain_order="left").select(colonnes)


def compute_identites(mensuelles: pl.DataFrame) -> pl.DataFrame:
    """Contract `identites` but `part`: what each company declared of each, from when to when."""
    declarees = pl.col("changement").is_null() & pl.col("salarie").is_not_null()
    return (
        mensuelles.filter(declarees)
        .group_by(IDENTITE)
        .agg(pl.col("mois").min().alias("premier_mois"), pl.col("mois").max().alias("dernier_mois"))
        .sort(IDENTITE)
    )
