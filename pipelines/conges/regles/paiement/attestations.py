"""What an employee was paid, year of execution by year: his tax statement.

Source: section 6.2; choices L-37, L-42, L-50, L-73.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of

MONTANTS = ["brut_centimes", "net_imposable_centimes", "pas_centimes"]
EMIS, PAYE = codes_of("reglements", "etat", "EMIS", "PAYE")
VIREMENTS = pl.Schema(
    {"decompte": pl.String, "reglement": pl.String, "date_emission": pl.Date}
    | {"date_execution": pl.Date, "etat": pl.String}
)
EXECUTIONS = pl.Schema({"decompte": pl.String, "tenu_le": pl.Date})


def compute_executions(virements: pl.DataFrame) -> pl.DataFrame:
    """EXECUTIONS: the day of the last transfer of each statement; null once that one came back.

    `virements`: VIREMENTS, in the order of their emission.
    """
    tient = pl.col("etat").is_in([EMIS, PAYE])
    return (
        virements.group_by("decompte")
        .agg(tenu_le=pl.when(tient).then("date_execution").last())
        .match_to_schema(EXECUTIONS)
        .sort("decompte")
    )


def compute_attestations(decomptes: pl.DataFrame, executions: pl.DataFrame) -> pl.DataFrame:
    """Contract `attestations_fiscales` but part.

    `decomptes`: salarie, decompte, date_paiement and MONTANTS. `executions`: decompte, `tenu_le`,
    the day of the execution that holds when it is another, null when the transfer came back and no
    other one was made.
    """
    dates = executions.with_columns(rendu=pl.lit(value=True))
    annee = pl.when("rendu").then("tenu_le").otherwise("date_paiement").dt.year().cast(pl.Int64)
    return (
        decomptes.join(dates, on="decompte", how="left")
        .with_columns(pl.col("rendu").fill_null(value=False))
        .with_columns(annee=annee)
        .filter(pl.col("annee").is_not_null())
        .group_by("salarie", "annee")
        .agg(pl.col(MONTANTS).sum())
        .sort("salarie", "annee")
    )
