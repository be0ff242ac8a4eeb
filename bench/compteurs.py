"""What a night asks of the stores, counted: no clock, the same on every machine.

with count(maison) as comptes:
    run_nuit(passage)
print(comptes["requetes"], comptes["octets"])
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from sqlalchemy import event

from warehouse import disque

if TYPE_CHECKING:
    from warehouse.maison import Maison

REQUETES, FSYNC = "requêtes SQL", "fsync"
VERSIONS, FICHIERS, OCTETS = "versions du lac", "fichiers du lac", "octets du lac"


@contextmanager
def count(maison: Maison) -> Iterator[Counter[str]]:
    """Statements, synchronisations, versions, files and bytes that the body adds to a home.

    The counts are complete when the body ends. Nothing leaves the lake: what it holds more is what
    was written.
    """
    comptes: Counter[str] = Counter()
    avant = measure_lac(maison.lac.dossier)
    synchronise, synchronise_tout = os.fsync, disque.sync_disque_of

    def note_requete(*_: Any) -> None:  # noqa: ANN401 - what SQLAlchemy gives
        comptes[REQUETES] += 1

    def fsync(descripteur: int) -> None:
        comptes[FSYNC] += 1
        synchronise(descripteur)

    def sync_disque(descripteur: int) -> None:
        comptes[FSYNC] += 1
        synchronise_tout(descripteur)

    event.listen(maison.moteur, "before_cursor_execute", note_requete)
    try:
        with (
            patch.object(os, "fsync", fsync),
            patch.object(disque, "sync_disque_of", sync_disque),
        ):
            yield comptes
    finally:
        event.remove(maison.moteur, "before_cursor_execute", note_requete)
        comptes.update(measure_lac(maison.lac.dossier) - avant)


def measure_lac(lac: Path) -> Counter[str]:
    """Versions, files and bytes of rows of the tables."""
    fichiers = [f for f in lac.glob("*/**/*.parquet") if "_delta_log" not in f.parts]
    return Counter(
        {
            VERSIONS: sum(1 for _ in lac.glob("*/_delta_log/*.json")),
            FICHIERS: len(fichiers),
            OCTETS: sum(f.stat().st_size for f in fichiers),
        }
    )
