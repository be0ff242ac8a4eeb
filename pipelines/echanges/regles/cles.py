"""Keys of lines of which an outcome may be another one: those that a line takes or leaves (pure).

A line that is refused because another one has its key stands in any slice of deposits: which one
has it first is told over all of them.
"""

from __future__ import annotations

import polars as pl

from pipelines.echanges.regles.lignes import ACCEPTEE, ATTENTE, LIGNE, RESERVE
from specs.echanges.tables import read_cles_prises

CLE = ["siren", "nature", "cle"]


def find_cles(jugees: pl.DataFrame, dites: pl.DataFrame, constats: pl.DataFrame) -> pl.DataFrame:
    """CLE of the lines that took a key or left it since they were last told, or did not have it.

    `jugees`: of `compute_verdicts`, from what the businesses say; `dites`, `constats`: contracts
    `lignes_echange` and `constats_echange`, as they were told of the same slices. The other lines
    have what they had, their key and their outcome.
    """
    codes = read_cles_prises()
    prises = constats.filter(pl.col("code").is_in([*codes.values()])).select(LIGNE).unique()
    avant = dites.filter(pl.col("nature").is_in([*codes]))
    doubles = avant.join(prises, on=LIGNE, how="semi")
    preneuses, anciennes = (
        frame.filter(
            pl.col("nature").is_in([*codes]), pl.col("verdict").is_in([ACCEPTEE, RESERVE, ATTENTE])
        ).select(*LIGNE, *CLE)
        for frame in (jugees, avant)
    )
    changees = [
        preneuses.join(anciennes, on=preneuses.columns, how="anti"),
        anciennes.join(preneuses, on=preneuses.columns, how="anti"),
        doubles.select(preneuses.columns),
    ]
    return pl.concat(changees).select(CLE).unique().sort(CLE)
