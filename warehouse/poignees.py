"""Handles on Delta tables, kept: opening one costs more than reading what a small company has.

Writing moves a handle to what it wrote, and rows are read long after they are asked: a handle
serves who writes or who reads. One that has written is given to who reads next, and writes no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from deltalake import DeltaTable

from warehouse.commits import name_commit

OUVERTES_MAX = 512


@dataclass(frozen=True, slots=True)
class Poignees:
    """Handles on the tables under a folder, by name of table."""

    dossier: Path
    _lecteurs: dict[tuple[str, int | None], DeltaTable] = field(default_factory=dict)
    _ecrivains: dict[str, DeltaTable] = field(default_factory=dict)

    def exists(self, table: str) -> bool:
        """Whether the table was written once."""
        return DeltaTable.is_deltatable(str(self.dossier / table))

    def read(self, table: str, version: int | None) -> DeltaTable | None:
        """A handle to read a version, or the table as it stands; None when it was never written.

        The last one is kept until another commit stands beside the one that it knows.
        """
        derniere = self._lecteurs.get((table, None))
        if version is not None and derniere is not None and derniere.version() == version:
            return derniere
        delta = self._lecteurs.get((table, version))
        if delta is not None and (version is not None or self._is_last(table, delta)):
            return delta
        delta = self._take_written(table, version) or self._open(table, version)
        if delta is None:
            return None
        if len(self._lecteurs) >= OUVERTES_MAX:
            self._lecteurs.clear()
        if version is None and derniere is not None:
            self._lecteurs[table, int(derniere.version())] = derniere
        self._lecteurs[table, version] = delta
        return delta

    def take(self, table: str) -> DeltaTable | None:
        """A handle to write with, on the table as it stands; nobody else's until it is given back.

        None when it was never written.
        """
        delta = self._ecrivains.pop(table, None)
        if delta is None or not self._has_commit(table, int(delta.version())):
            return self._open(table, None)
        if not self._is_last(table, delta):
            delta.update_incremental()
        return delta

    def give_back(self, table: str, delta: DeltaTable) -> None:
        """Keep a handle that was taken, for who reads or writes next."""
        self._ecrivains[table] = delta

    def _take_written(self, table: str, version: int | None) -> DeltaTable | None:
        """The handle that wrote that version, or the last one."""
        delta = self._ecrivains.pop(table, None)
        if delta is None:
            return None
        if self._is_last(table, delta) and version in {None, int(delta.version())}:
            return delta
        self._ecrivains[table] = delta
        return None

    def _open(self, table: str, version: int | None) -> DeltaTable | None:
        if not self.exists(table):
            return None
        return DeltaTable(str(self.dossier / table), version=version)

    def _is_last(self, table: str, delta: DeltaTable) -> bool:
        version = int(delta.version())
        return self._has_commit(table, version) and not self._has_commit(table, version + 1)

    def _has_commit(self, table: str, version: int) -> bool:
        return (self.dossier / table / f"{name_commit(version)}.json").exists()
