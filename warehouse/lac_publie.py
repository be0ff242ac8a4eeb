"""The lake as of a publication: what readers saw then, whatever was written since.

    maison_d_alors = replace(maison, lac=open_lac_publie(maison, publication))

A table that no publication pins is read as it is today: what files that came in hold is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from warehouse.lac import Lac

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from warehouse.maison import Maison
    from warehouse.publications import Publication


@dataclass(frozen=True, slots=True)
class LacPublie(Lac):
    """The lake of a folder, each table at the version of `versions` when it has one."""

    versions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def _open(self, table: str, version: int | None) -> DeltaTable | None:
        voulue = self.versions.get(table) if version is None else version
        return Lac._open(self, table, voulue)  # noqa: SLF001 - its own


def open_lac_publie(maison: Maison, publication: Publication) -> LacPublie:
    """The lake of a home as of one of its publications."""
    return LacPublie(
        maison.lac.dossier, maison.lac.trousseau, versions=MappingProxyType(publication.versions)
    )
