"""Individuals, and those paid fees, of more lines than are kept together (F028).

What depends on one of them (contracts of a base, controls) finds its blocks in one piece: beyond
`ATTENTE_MAXIMALE` lines that would not hold.
"""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn import structure as decoupe
from parsers.dsn.grammaire import Grammaire
from parsers.dsn.structure import LONGUES, Reprise, Structure

SUITE = ("fichier", "bloc", "ligne", "lignes")


def check_longueurs(
    structure: Structure, grammaire: Grammaire, reprise: Reprise, *, fin: bool
) -> list[pl.DataFrame]:
    """Those that are too long, at their first line; `reprise` has the one that goes on."""
    maximum, longues = decoupe.ATTENTE_MAXIMALE, [grammaire.blocs.index(b) for b in LONGUES]
    tetes = structure.occurrences.filter(~pl.col("bloc").is_in(_below(longues, grammaire)))
    rangs, nombre = structure.lignes["rang"], len(structure.lignes)
    bords = pl.Series([*rangs.search_sorted(tetes["rang"]), nombre], dtype=pl.Int64)
    unites = tetes.with_columns(lignes=bords.diff().slice(1)).filter(pl.col("bloc").is_in(longues))
    trop = [*_go_on(reprise, bords[0], maximum), unites.filter(pl.col("lignes") > maximum)]
    if len(tetes):
        suite = tetes["bloc"][-1] in longues and not fin
        reprise.unite = unites.tail(1).select(SUITE) if suite else None
    noms = pl.Series(grammaire.blocs, dtype=pl.String)
    lieux = pl.concat([frame.select(SUITE) for frame in trop])
    lieux = lieux.with_columns(noms.gather(lieux["bloc"]).alias("bloc")).drop("lignes")
    return [anomalies(lieux, "F028", attendu=str(maximum))]


def _go_on(reprise: Reprise, lignes: int, maximum: int) -> list[pl.DataFrame]:
    """The one that began before, when the first `lignes` of the piece make it too long."""
    if reprise.unite is None:
        return []
    avant, reprise.unite = reprise.unite, reprise.unite.with_columns(pl.col("lignes") + lignes)
    return [avant] if avant["lignes"][0] <= maximum < reprise.unite["lignes"][0] else []


def _below(blocs: list[int], grammaire: Grammaire) -> list[int]:
    """Ranks of the blocks that hang from one of those."""
    return [b for b, dessus in enumerate(grammaire.ancetres) if any(dessus >> r & 1 for r in blocs)]
