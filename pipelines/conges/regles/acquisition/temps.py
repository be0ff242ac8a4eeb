"""Time of a leave year: what each month gives, added up, within the months themselves.

Source: rules of leave, 2.1; L-07, L-55, L-66, L-67.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.conges.regles.acquisition.acquis import OUVRIER, UN_MOIS
from pipelines.conges.regles.acquisition.certs import EN_HEURES, EN_MOIS
from pipelines.conges.regles.acquisition.contrats import DSN
from pipelines.conges.regles.acquisition.emplois import ANNEE, EMPLOI, name_of_cert
from pipelines.conges.regles.acquisition.jours import PARTS
from pipelines.conges.regles.acquisition.valeurs import PETITES, read_valeurs, years_where
from specs.connaissances import Connaissances
from specs.montants import rounded_quotient

CENTIEME_DE_MOIS = UN_MOIS // 100
CENTIEME_D_HEURE = UN_MOIS // 15_000  # 150 hours are a month
PALIER = UN_MOIS * 2 // 5  # a day
# In the order in which the months of several contracts are filled (C has no place in them).
REMPLIES = ("travail", "maternite", "accident", "maladie")
COLONNES = [*ANNEE, "mois", "source", *PARTS]


def compute_apports(
    parts: pl.DataFrame, certs: pl.DataFrame, heures: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """COLONNES: rows of time, those of `compute_parts` and what is measured in months or hours.

    `certs`: those in force; `heures`: of `compute_heures`, with `categorie`.
    """
    dites = _certified(parts, certs, savoir)
    annees = years_where(parts["exercice"], savoir, "mesure_du_mois", "heures_150")
    en_heures = (pl.col("categorie") == OUVRIER) & pl.col("exercice").is_in(annees)
    lues = heures.filter(en_heures).join(
        parts.filter(pl.col("source") == DSN).select(*ANNEE, "mois").unique(),
        on=[*ANNEE, "mois"],
        how="semi",
    )
    total = pl.col("heures_centiemes") + pl.col("heures_activite_partielle_centiemes")
    mesurees = lues.with_columns(
        source=pl.lit(DSN), travail=pl.min_horizontal(total * CENTIEME_D_HEURE, UN_MOIS)
    )
    mesures = parts.with_columns(
        travail=pl.when(en_heures, pl.col("source") == DSN).then(0).otherwise("travail")
    )
    nuls = [pl.lit(0, pl.Int64).alias(nom) for nom in PARTS if nom != "travail"]
    return pl.concat(
        [mesures.select(COLONNES)]
        + [frame.with_columns(nuls).select(COLONNES) for frame in (dites, mesurees)]
    )


def _certified(parts: pl.DataFrame, certs: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """ANNEE, mois (the first that counts), source, travail: the work that certificates tell."""
    premiers = (
        parts.filter(pl.col("source").is_in([EN_MOIS, EN_HEURES]))
        .group_by(*EMPLOI, "contrat", "source")
        .agg(pl.col("mois").min())
    )
    heures = pl.sum_horizontal("hours", "hours_int", "hours_ap")
    travail = (
        pl.when(pl.col("unit") == EN_MOIS)
        .then(pl.col("months") * CENTIEME_DE_MOIS)
        .otherwise(_hours_to_time(certs, heures, savoir))
    )
    return (
        certs.with_columns(contrat=name_of_cert(), travail=share(travail))
        .select("salarie", "siren", "cdg", "contrat", "exercice", "travail")
        .join(premiers, on=["salarie", "siren", "cdg", "contrat"])
    )


def _hours_to_time(certs: pl.DataFrame, heures: pl.Expr, savoir: Connaissances) -> pl.Expr:
    """Hours over 150, or by steps of the scale of short times (L-67)."""
    paliers = years_where(certs["exercice"], savoir, "bareme_heures", "paliers")
    if not paliers:
        return heures * CENTIEME_D_HEURE
    valeurs = read_valeurs(
        certs["exercice"], savoir, PETITES,
        "plafond_centiemes", "un_jour_centiemes", "deux_jours_centiemes",
    )  # fmt: skip
    plafond, un, deux = (
        pl.col("exercice").replace_strict(valeurs["exercice"], valeurs[nom], default=1)
        for nom in valeurs.columns[1:]
    )
    reste = heures % plafond
    pas = (reste >= un).cast(pl.Int64) + (reste >= deux).cast(pl.Int64)
    par_paliers = heures // plafond * UN_MOIS + pas * PALIER
    return (
        pl.when(pl.col("exercice").is_in(paliers), heures >= plafond)
        .then(par_paliers)
        .otherwise(heures * CENTIEME_D_HEURE)
    )


def share(valeur: pl.Expr) -> pl.Expr:
    """What of a value of a certificate its months without a DSN have (L-66), rounded once."""
    return rounded_quotient(valeur.fill_null(0).cast(pl.Int128) * pl.col("part"), pl.col("total"))


def compute_temps(apports: pl.DataFrame, cle: Sequence[str]) -> pl.DataFrame:
    """`cle`, and in UN_MOIS: travail (N and A too), assimiles (N and A), maladie, conge, presence.

    A month is filled up to one, work first. A certificate does not tell its months apart: those
    that any touches are filled together.
    """
    mois, sommes = [*cle, "mois"], [pl.col(nom).sum() for nom in (*REMPLIES, "conge")]
    certifies = apports.filter(pl.col("source") != DSN).select(mois).unique()
    ensemble = apports.join(certifies, on=mois, how="semi")
    seuls = apports.join(certifies, on=mois, how="anti") if ensemble.height else apports
    blocs = [
        seuls.group_by(mois).agg(*sommes, pl.col("presence").sum(), limite=pl.lit(1)).drop("mois"),
        ensemble.group_by(list(cle)).agg(
            *sommes, presence=pl.lit(0, pl.Int64), limite=pl.col("mois").n_unique().cast(pl.Int32)
        ),
        # Presence is of a month, whatever tells it.
        ensemble.group_by(mois).agg(pl.col("presence").sum()).drop("mois"),
    ]
    reunis = pl.concat(blocs, how="diagonal").with_columns(reste=pl.col("limite") * UN_MOIS)
    for nom in REMPLIES:
        reunis = reunis.with_columns(pl.min_horizontal(nom, "reste").alias(nom)).with_columns(
            reste=pl.col("reste") - pl.col(nom)
        )
    return (
        reunis.with_columns(pl.min_horizontal("presence", UN_MOIS))
        .group_by(list(cle))
        .agg(pl.col(*REMPLIES, "conge", "presence").sum())
        .with_columns(assimiles=pl.col("maternite") + pl.col("accident"))
        .with_columns(travail=pl.col("travail") + pl.col("assimiles"))
        .drop("maternite", "accident")
    )
