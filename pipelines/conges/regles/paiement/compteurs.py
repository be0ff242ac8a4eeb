"""The counters of leave as people read them: acquired, taken, left. Source: choices L-64, L-72."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.imputation import REPORT, compute_restes
from pipelines.conges.regles.paiement.methodes import EXERCICE

COMPTEUR = [*EXERCICE, "compteur"]


def compute_compteurs(
    acquis: pl.DataFrame, reports: pl.DataFrame, prises: pl.DataFrame
) -> pl.DataFrame:
    """Contract `compteurs_conges` but part.

    `acquis`, `reports`, `prises`: see `compute_restes`. The counter that days carried over come
    from keeps what was acquired and taken: its rest falls by them.
    """
    restes = compute_restes(acquis, reports, prises)
    pris = prises.group_by(COMPTEUR).agg(pris_centiemes=pl.col("jours_centiemes").sum())
    reportes = reports.group_by(EXERCICE).agg(
        pl.col("acquis_centiemes").sum(), pl.col("fin").max(), compteur=pl.lit(REPORT)
    )
    lignes = pl.concat(
        [
            acquis.select(*COMPTEUR, "acquis_centiemes", fin=pl.lit(None, pl.Date)),
            reportes.select(*COMPTEUR, "acquis_centiemes", "fin"),
        ]
    )
    laisses = restes.group_by(COMPTEUR).agg(pl.col("reste_centiemes").sum())
    return (
        lignes.join(pris, on=COMPTEUR, how="left")
        .join(laisses, on=COMPTEUR, how="left")
        .with_columns(
            pl.col("pris_centiemes").fill_null(0),
            # A right that became smaller than what was taken leaves nothing (L-54).
            pl.max_horizontal(pl.col("reste_centiemes").fill_null(0), 0),
        )
        .select(*COMPTEUR, "acquis_centiemes", "pris_centiemes", "reste_centiemes", "fin")
        .sort(COMPTEUR)
    )
