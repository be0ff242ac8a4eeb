"""The absences of certificates, and the wages kept during them. Source: rules of leave, 3."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.absences import INTERVALLES, with_natures
from pipelines.conges.regles.acquisition.calendrier import count_ouvrables, month_unit
from pipelines.conges.regles.acquisition.certs import EN_HEURES, LIGNE, Certs
from pipelines.conges.regles.acquisition.emplois import name_of_cert
from pipelines.conges.regles.acquisition.jours import ACCIDENT, MALADIE, MATERNITE
from specs.contrats import codes_of
from specs.montants import rounded_quotient

ARRET, SUSPENSION = codes_of("absences", "nature", "ARRET", "SUSPENSION")
NATURES = {"A": ARRET, "S": SUSPENSION}  # ABS_KIND
RECONSTITUEES = (ACCIDENT, MATERNITE, MALADIE)


def read_absences(certs: Certs, absences: pl.DataFrame) -> pl.DataFrame:
    """INTERVALLES of records 11, with maintenu_centimes, LIGNE of the certificate and exercice.

    A certificate in hours holds in its hours what is neither sickness nor the like.
    """
    lignes = certs.certs.select(*LIGNE, "siren", "salarie", "exercice", "unit")
    portees = absences.drop("rang", "siren", "salarie").rename({"ligne": "rang"})
    dites = portees.join(lignes, on=LIGNE).with_columns(
        contrat=name_of_cert(),
        nature=pl.col("abs_kind").replace_strict(NATURES, return_dtype=pl.String),
        motif_absence="abs_code",
        debut="from",
        fin="to",
        maintenu_centimes=pl.col("maintained").fill_null(0),
    )
    comptee = (pl.col("unit") != EN_HEURES) | pl.col("ordre").is_in(RECONSTITUEES)
    return (
        with_natures(dites)
        .filter(comptee)
        .select(*INTERVALLES.names(), *LIGNE, "exercice", "maintenu_centimes")
    )


def compute_maintiens(certs: Certs, lues: pl.DataFrame) -> pl.DataFrame:
    """MAINTIENS of `lues` (of `read_absences`): of months that count, in proportion (L-66)."""
    maintenues = lues.filter(
        pl.col("maintenu_centimes") != 0, pl.col("ordre").is_in(RECONSTITUEES)
    ).with_row_index("numero")
    jours = count_ouvrables(pl.max_horizontal("debut", "du"), pl.min_horizontal("fin", "au"))
    comptes = (
        maintenues.join(certs.mois.select(*LIGNE, "mois", "du", "au"), on=LIGNE)
        .with_columns(jours=jours)
        .group_by("numero")
        .agg(
            pl.col("jours").sum(),
            mois_fractions=(pl.col("jours") * month_unit(pl.col("mois"))).sum(),
        )
    )
    total = pl.max_horizontal(count_ouvrables(pl.col("debut"), pl.col("fin")), 1)
    return (
        maintenues.join(comptes, on="numero")
        .select(
            "salarie",
            "exercice",
            "mois_fractions",
            maladie=pl.col("ordre") == MALADIE,
            maintenu_centimes=rounded_quotient(
                pl.col("maintenu_centimes") * pl.col("jours"), total
            ),
        )
        .sort("salarie", "exercice", "mois_fractions", "maladie", "maintenu_centimes")
    )
