"""All the employers of an employee together: what the rights are computed from.

Source: L-09, L-11, L-56, L-76.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.acquis import CADRE, ETAM
from pipelines.conges.regles.acquisition.bilans import (
    EMPLOYEUR,
    HEURES,
    INTEMPERIES,
    PRECEDENTS,
    TEMPS,
    Sources,
)
from pipelines.conges.regles.acquisition.certificats import INTERMEDIAIRE
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.jours import count_execution
from pipelines.conges.regles.acquisition.temps import compute_temps
from pipelines.conges.regles.acquisition.valeurs import years_where
from specs.connaissances import Connaissances

SOMMES = (*HEURES, *INTEMPERIES, "brut_centimes", *PRECEDENTS.values())


def gather_employes(
    bilans: pl.DataFrame,
    sources: Sources,
    jours: pl.DataFrame,
    certificats: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """EMPLOYE (key), and what `compute_rights` reads: sums, times, what the last employer says."""
    derniers = sources.derniers
    temps = compute_temps(sources.apports, EMPLOYE).rename(TEMPS)
    clos = (
        certificats.filter("en_vigueur")
        .group_by(EMPLOYE)
        .agg(clos=(pl.col("nature") != INTERMEDIAIRE).all())
    )
    concernes = temps.filter(pl.col("mois_maladie_fractions") > 0).join(
        derniers.filter(pl.col("categorie").is_in([ETAM, CADRE])), on=EMPLOYE, how="semi"
    )
    execution = count_execution(
        sources.emplois.join(concernes, on=EMPLOYE, how="semi"),
        jours,
        years_where(bilans["exercice"], savoir, "jours_execution", "avec_maladie"),
    )
    return (
        temps.join(bilans.group_by(EMPLOYE).agg(pl.col(SOMMES).sum()), on=EMPLOYE)
        .join(derniers, on=EMPLOYE)
        .join(sources.r, on=EMPLOYEUR, how="left")
        .join(clos, on=EMPLOYE, how="left")
        .join(execution, on=EMPLOYE, how="left")
        .with_columns(
            pl.col("clos").fill_null(value=False), cdg=pl.when(pl.col("cdg") != "").then("cdg")
        )
        .sort(EMPLOYE)
    )
