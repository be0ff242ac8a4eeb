"""Small tables of the lake, kept in memory by version: a version never changes once written.

Reading one from its file costs a hundred times what its few rows are worth, and a night of few
companies reads the same ones hundreds of times. A table that is not small is read from its files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
from deltalake import DeltaTable

from specs.contrats import Contrat

PETITE_OCTETS = 64 * 1024  # of the files, compressed
MEMOIRE_OCTETS = 64 * 1024**2  # of the rows of all that are kept


@dataclass(slots=True)
class Petites:
    """Rows by table and version; None for a table that is too large to be kept."""

    _lignes: dict[tuple[str, int], tuple[Contrat, pl.DataFrame | None]] = field(
        default_factory=dict
    )
    _octets: int = 0

    def read(
        self, delta: DeltaTable, contrat: Contrat, scan: Callable[[], pl.LazyFrame]
    ) -> pl.DataFrame | None:
        """Rows of a small table as this handle has it, read by `scan` the first time."""
        cle = contrat.nom, int(delta.version())
        connu, lignes = self._lignes.get(cle, (None, None))
        if connu is not contrat:
            # In one piece: Polars (2.1) panics on texts made of an empty piece among others.
            lignes = scan().collect().rechunk() if _count_octets(delta) <= PETITE_OCTETS else None
            self._keep(cle, contrat, lignes)
        return lignes

    def _keep(self, cle: tuple[str, int], contrat: Contrat, lignes: pl.DataFrame | None) -> None:
        if self._octets > MEMOIRE_OCTETS:
            self._lignes.clear()
            self._octets = 0
        self._lignes[cle] = contrat, lignes
        self._octets += int(lignes.estimated_size()) if lignes is not None else 0


def _count_octets(delta: DeltaTable) -> int:
    """Bytes of the files of a table; none has nothing to read, and costs nothing to keep."""
    return int(pl.Series(delta.get_add_actions()["size_bytes"]).sum())
