"""Stoppages that keep from leave, and those notified during one. Source: choices L-36, L-62."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.absences import compute_intervalles
from specs.caisse import read_caisse
from specs.contrats import codes_of

(ARRET,) = codes_of("absences", "nature", "ARRET")
PENDANT_UN_CONGE = "C"  # REASON of a record 12


def list_occupations(absences: pl.DataFrame) -> pl.DataFrame:
    """salarie, debut, fin of the stoppages that keep from leave (table `absences`)."""
    compatibles = read_caisse().absences_compatibles[ARRET]
    arrets = absences.filter(pl.col("nature") == ARRET, ~pl.col("motif_absence").is_in(compatibles))
    return compute_intervalles(arrets).select("salarie", "debut", "fin")


def list_notified(reports: pl.DataFrame) -> pl.DataFrame:
    """Stoppages notified during a leave: records 12 whose reason says so, once work is resumed."""
    return reports.filter(
        pl.col("reason") == PENDANT_UN_CONGE, pl.col("resumed").is_not_null()
    ).select("salarie", debut="stop_from", fin=pl.col("resumed") - pl.duration(days=1))
