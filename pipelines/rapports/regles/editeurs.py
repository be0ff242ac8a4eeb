"""The anomalies of deposits by payroll software: which rubric fails for which companies."""

from __future__ import annotations

import polars as pl

from specs.contrats import columns_of

SANS_NOM = "(non dit)"
LOGICIEL = ("editeur", "logiciel", "version_logiciel")
GROUPE = (*LOGICIEL, "rubrique", "code", "severite")


def group_anomalies(
    anomalies: pl.DataFrame, depots: pl.DataFrame, logiciels: pl.DataFrame
) -> pl.DataFrame:
    """Contract `anomalies_editeurs`: what fails for most companies first, then by key.

    Args:
        anomalies: depot, code, severite, rubrique (null: of no rubric), nombre, message.
        depots: depot (key), adherent.
        logiciels: depot (key), editeur, logiciel, version_logiciel (null when a file does not say).
    """
    nommes = logiciels.with_columns(pl.col(LOGICIEL).fill_null(SANS_NOM))
    groupes = (
        anomalies.join(depots, on="depot")
        .join(nommes, on="depot")
        .with_columns(pl.col("rubrique").fill_null(""))
        .group_by(GROUPE)
        .agg(
            pl.col("adherent").n_unique().cast(pl.Int64).alias("entreprises"),
            pl.col("depot").n_unique().cast(pl.Int64).alias("depots"),
            pl.col("nombre").sum(),
            pl.col("message").min(),
            pl.col("adherent").unique().sort().str.join(", ").alias("adherents"),
        )
    )
    ordre = ["entreprises", *GROUPE]
    triees = groupes.sort(ordre, descending=[True, *(False for _ in GROUPE)])
    return triees.select(columns_of("anomalies_editeurs"))
