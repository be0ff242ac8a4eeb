"""Small files of the engine itself: whole or absent, never torn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from warehouse.disque import sync_disque, sync_dossier, sync_fichier

SEULS = 4  # as many files are synchronised one by one; more, all that waits on the disk at once


def write_entier(chemin: Path, octets: bytes) -> None:
    """Write under a temporary name, sync, rename: a killed run leaves the former content.

    Raises:
        OSError: disk full, folder missing.
    """
    write_entiers(chemin.parent, {chemin: octets})


def write_entiers(dossier: Path, contenus: Mapping[Path, bytes]) -> None:
    """The same of many files of a folder: all are on disk under temporary names, then renamed."""
    provisoires = {chemin.with_name(f".{chemin.name}.tmp"): chemin for chemin in contenus}
    for provisoire, chemin in provisoires.items():
        provisoire.write_bytes(contenus[chemin])
    if len(provisoires) > SEULS:
        sync_disque(dossier)
    else:
        for provisoire in provisoires:
            sync_fichier(provisoire)
    for provisoire, chemin in provisoires.items():
        provisoire.replace(chemin)
    sync_dossier(dossier)
