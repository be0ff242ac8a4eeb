"""The leave paid in the period: days for the forfait, indemnity for the tenth.

Source: rules of leave, 2.1; L-08, L-16, L-60.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import exercice_of, period_end
from pipelines.conges.regles.acquisition.certs import PAYE
from specs.connaissances import Connaissances
from specs.jours_feries import feries_at
from specs.montants import rounded_quotient

EMPLOYE = ["salarie", "exercice"]
MONTANTS = ("jours_legaux_centiemes", "indemnite_centimes")
DIMANCHE = 7
PRECEDENTS = pl.Schema(
    {
        "salarie": pl.String,
        "exercice": pl.Int64,
        "jours_legaux_centiemes": pl.Int64,
        "indemnite_centimes": pl.Int64,
    }
)


def compute_precedents(
    conges: pl.DataFrame, certs: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """PRECEDENTS (key EMPLOYE): what a fund paid of leave in the period of each leave year.

    `conges`: CONGES_PAYES; `certs`: those in force (N1_DAYS of another fund). Whom nothing was paid
    has no row.
    """
    ailleurs = certs.filter(pl.col("n1_paid") == PAYE).select(
        *EMPLOYE,
        jours_legaux_centiemes=pl.col("n1_days").fill_null(0),
        indemnite_centimes=pl.col("n1_amount").fill_null(0),
    )
    ici = cut_at_march(conges, savoir).select(*EMPLOYE, *MONTANTS)
    return pl.concat([ici, ailleurs]).group_by(EMPLOYE).agg(pl.col(MONTANTS).sum()).sort(EMPLOYE)


def cut_at_march(conges: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`conges` with `exercice`: one that crosses 31 March is two, in proportion to its days."""
    debut, fin = exercice_of(pl.col("debut")), exercice_of(pl.col("fin"))
    dans = conges.filter(debut == fin).with_columns(exercice=debut)
    coupes = conges.filter(debut != fin).with_row_index("numero")
    if coupes.is_empty():
        return dans
    jours = _working_days(coupes, savoir)
    premieres = coupes.join(jours, on="numero").with_columns(
        pl.when(pl.col("total") > 0)
        .then(rounded_quotient(pl.col(nom) * pl.col("avant"), pl.max_horizontal("total", 1)))
        .otherwise(nom)
        .alias(f"{nom}_avant")
        for nom in MONTANTS
    )
    parts = [
        premieres.with_columns(
            *(pl.col(f"{nom}_avant").alias(nom) for nom in MONTANTS), exercice=debut
        ),
        premieres.with_columns(
            *((pl.col(nom) - pl.col(f"{nom}_avant")).alias(nom) for nom in MONTANTS),
            exercice=debut + 1,
        ),
    ]
    return pl.concat([dans, *(part.select(dans.columns) for part in parts)])


def _working_days(coupes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """numero, total, avant: working days of each leave, and those until 31 March."""
    jours = (
        coupes.select("numero", "departement", "debut", jour=pl.date_ranges("debut", "fin", "1d"))
        .explode("jour")
        .filter(pl.col("jour").dt.weekday() < DIMANCHE)
        .join(list_feries(coupes, savoir), on=["departement", "jour"], how="anti", nulls_equal=True)
    )
    avant = pl.col("jour") <= period_end(exercice_of(pl.col("debut")))
    comptes = jours.group_by("numero").agg(
        total=pl.len().cast(pl.Int64), avant=avant.sum().cast(pl.Int64)
    )
    return (
        coupes.select("numero")
        .join(comptes, on="numero", how="left")
        .with_columns(pl.col("total", "avant").fill_null(0))
    )


def list_feries(conges: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """departement, jour: the holidays of the places and years of `conges`."""
    annees: list[date] = [*conges["debut"].to_list(), *conges["fin"].to_list()]
    lignes = [
        (departement, jour)
        for departement in conges["departement"].unique().to_list()
        for annee in {jour.year for jour in annees}
        for jour in feries_at(annee, departement or "", savoir.options)
    ]
    return pl.DataFrame(lignes, {"departement": pl.String, "jour": pl.Date}, orient="row").unique()
