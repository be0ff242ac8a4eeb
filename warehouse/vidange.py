"""Files of the lake that no version to keep has, most of them of what was not published."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from deltalake import DeltaTable

from warehouse.commits import JOURNAL, name_commit
from warehouse.lac import Lac

# A step that read the last version just before another replaced it may still be reading it.
DELAI_H = 24


@dataclass(frozen=True, slots=True)
class Reste:
    """A file that can go, and its bytes."""

    chemin: Path
    octets: int


def list_restes(
    lac: Lac, table: str, versions: Collection[int], delai_h: int = DELAI_H
) -> Iterator[Reste]:
    """Files that neither these versions of a table nor its last one have, by name.

    Those replaced for less than `delai_h` hours are left, and so is what a log does not know: a
    file that is being written.
    """
    dossier = lac.dossier / table
    if not DeltaTable.is_deltatable(str(dossier)):
        return
    delta = DeltaTable(str(dossier))
    gardees = sorted({*versions, int(delta.version())})
    inutiles = delta.vacuum(
        retention_hours=delai_h,
        dry_run=True,
        enforce_retention_duration=False,
        keep_versions=gardees,
    )
    for nom in sorted(inutiles):
        chemin = dossier / nom
        if chemin.exists():
            yield Reste(chemin, chemin.stat().st_size)


def close_past(lac: Lac, table: str) -> list[Path]:
    """Sum a table up at its last version; the files that nothing reads then, its past log included.

    Rows that are gone are told by the log too: the least and the greatest of each column.
    """
    dossier = lac.dossier / table
    delta = DeltaTable(str(dossier))
    delta.create_checkpoint()
    lus = {Path(uri) for uri in delta.file_uris()}
    lignes = (f for f in dossier.rglob("*.parquet") if JOURNAL not in f.parts)
    dernier = dossier / name_commit(int(delta.version()))
    journal = (f for f in dernier.parent.iterdir() if f.name[0].isdigit())
    return sorted([f for f in lignes if f not in lus] + [f for f in journal if f < dernier])
