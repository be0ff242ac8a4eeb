"""What a wage return (TDP) changes: its bases and the contributions of its month, before and after.

The contributions are those of the management centre for the month of call, all its calls together:
what its documents say. Told once: what a return gave when it was taken stays what is said of it.
Source: exchange.md 6.2 (M3: declared, computed, present).
"""

from __future__ import annotations

from typing import TypeAlias

import polars as pl

from pipelines.cotisations.regles.assiettes import counted
from specs.caisse import read_caisse
from specs.contrats import codes_of, computed_schema

REMPLACEE, EN_ATTENTE = codes_of("releves_tdp", "statut", "REMPLACEE", "EN_ATTENTE")
CENTIMES, HEURES = codes_of("valeurs_echange", "unite", "CT", "CH")
LIGNE = ["depot", "rang"]
BASES = ["siret", "mois_appel", "code_base"]
APPELE = ["cdg", "mois_appel", "cotisation"]
TOTAL = "TOTAL"
AvantApres: TypeAlias = tuple[pl.DataFrame, pl.DataFrame]  # as published, as it is now


def compute_valeurs(
    releves: AvantApres,
    declarees: pl.DataFrame,
    bases: AvantApres,
    lignes: AvantApres,
    dites: pl.DataFrame,
) -> pl.DataFrame:
    """Contract `valeurs_tdp` but `part`, sorted by key.

    `releves`, `bases`, `lignes`: contracts `releves_tdp`, `bases`, `lignes_appel`, as published
    then as they are now; `declarees`: contract `bases_tdp`; `dites`: the published values (contract
    `valeurs_echange`). Nothing is said of a return before its month is called, and what was said
    stays until its statut changes.
    """
    gardees = dites.join(_unchanged(releves), on=LIGNE, how="semi")
    nouveaux = (
        releves[1]
        .filter(~pl.col("statut").is_in([REMPLACEE, EN_ATTENTE]))
        .join(gardees, on=LIGNE, how="anti")
    )
    traces = (
        lignes[1]
        .group_by("cdg", "mois_appel")
        .agg(pl.col("appel").sort_by("rang").last().alias("trace"))
    )
    valeurs = pl.concat([_bases(nouveaux, declarees, bases), _contributions(nouveaux, lignes)])
    schema = computed_schema("valeurs_tdp")
    calculees = valeurs.join(nouveaux.select(*LIGNE, "siren", "cdg", "mois_appel"), on=LIGNE).join(
        traces, on=["cdg", "mois_appel"]
    )
    toutes = [frame.select(schema.names()) for frame in (gardees, calculees)]
    return pl.concat(toutes).cast(schema).sort(*LIGNE, "nom")


def _unchanged(releves: AvantApres) -> pl.DataFrame:
    """Returns of which nothing new is to be said: depot, rang."""
    avant, apres = (frame.select(*LIGNE, "statut") for frame in releves)
    suivis = apres.join(avant, on=LIGNE, suffix="_avant")
    meme = pl.col("statut") == pl.col("statut_avant")
    return suivis.filter(meme | (pl.col("statut") == REMPLACEE)).select(LIGNE)


def _bases(releves: pl.DataFrame, declarees: pl.DataFrame, bases: AvantApres) -> pl.DataFrame:
    """Each code of base that the return declares: what counts of it for its establishment."""
    avant, apres = (
        frame.filter(counted()).group_by(BASES).agg(pl.col("quantite").sum()) for frame in bases
    )
    lues = declarees.group_by("depot", "releve", "code_base").agg(declare=pl.col("quantite").sum())
    en_heures = pl.col("code_base").is_in(read_caisse().bases_etablissement)
    return (
        releves.select(*LIGNE, "siret", "mois_appel")
        .join(lues.rename({"releve": "rang"}), on=LIGNE)
        .join(apres.rename({"quantite": "calcule"}), on=BASES, how="left")
        .join(avant.rename({"quantite": "present"}), on=BASES, how="left")
        .select(
            *LIGNE,
            pl.format("BASE_{}", "code_base").alias("nom"),
            pl.when(en_heures).then(pl.lit(HEURES)).otherwise(pl.lit(CENTIMES)).alias("unite"),
            "declare",
            pl.col("calcule").fill_null(0),
            "present",
        )
    )


def _contributions(releves: pl.DataFrame, lignes: AvantApres) -> pl.DataFrame:
    """Each contribution called for the centre and month, then their total."""
    avant, apres = (_called(frame) for frame in lignes)
    return (
        releves.select(*LIGNE, "cdg", "mois_appel")
        .join(apres.rename({"montant_centimes": "calcule"}), on=["cdg", "mois_appel"])
        .join(avant.rename({"montant_centimes": "present"}), on=APPELE, how="left")
        .select(
            *LIGNE,
            pl.col("cotisation").alias("nom"),
            pl.lit(CENTIMES).alias("unite"),
            pl.lit(None, pl.Int64).alias("declare"),
            "calcule",
            "present",
        )
    )


def _called(lignes: pl.DataFrame) -> pl.DataFrame:
    """Sums of the lines of all the calls by APPELE, `TOTAL` among the contributions."""
    montants = lignes.select(*APPELE, "montant_centimes")
    tous = [montants, montants.with_columns(cotisation=pl.lit(TOTAL))]
    return pl.concat(tous).group_by(APPELE).agg(pl.col("montant_centimes").sum())
