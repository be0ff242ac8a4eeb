"""Where an anomaly stands: the line of its rubric, or the first line of its block without it.

A control is judged on an occurrence, whose first line is known; the lines of its rubrics are looked
up only for what is found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from parsers.dsn.grammaire import Grammaire
from parsers.dsn.structure import Structure

SCHEMA_LIEUX = pl.Schema(
    {"fichier": pl.UInt32, "debut": pl.Int64, "rubrique": pl.UInt32, "place": pl.Int64}
)


@dataclass(frozen=True, slots=True)
class Lignes:
    """The lines of a piece and its occurrences, as `parsers.dsn.structure` gives them.

    `lignes`: fichier, ligne, rubrique (rank), rang; `occurrences`: rang, ligne.
    """

    lignes: pl.DataFrame
    occurrences: pl.DataFrame

    @classmethod
    def of(cls, structure: Structure) -> Lignes:
        """The columns that a place needs, without any value."""
        return cls(
            structure.lignes.select("fichier", "ligne", "rubrique", "rang"),
            structure.occurrences.select("rang", "ligne"),
        )

    def places(self, rubriques: Collection[int]) -> pl.DataFrame:
        """Lines of some rubrics, by rank: `SCHEMA_LIEUX`, `debut` the first of their occurrence."""
        portees = self.lignes.filter(pl.col("rubrique").is_in(list(rubriques)))
        debuts = self.occurrences.select("rang", debut="ligne")
        return portees.join(debuts, on="rang", maintain_order="left").select(
            "fichier", "debut", "rubrique", place="ligne"
        )


def ranks(rubriques: Collection[str], grammaire: Grammaire) -> list[int]:
    """Ranks in the grammar of the rubrics that the version has, in its order."""
    return [rang for rang, nom in enumerate(grammaire.rubriques) if nom in set(rubriques)]


def at_rubric(anomalies: pl.DataFrame, places: pl.DataFrame, grammaire: Grammaire) -> pl.DataFrame:
    """`anomalies` at the line of their rubric, where `places` has it in the occurrence judged."""
    noms = pl.lit(pl.Series(grammaire.rubriques, dtype=pl.String)).gather("rubrique")
    connues = places.select("fichier", "place", ligne="debut", rubrique=noms)
    cle = ["fichier", "ligne", "rubrique"]
    avec = anomalies.join(connues, on=cle, how="left", maintain_order="left")
    return avec.with_columns(ligne=pl.coalesce("place", "ligne")).drop("place")
