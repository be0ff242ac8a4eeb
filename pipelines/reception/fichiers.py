"""Small files of the engine itself: whole or absent, never torn."""

from __future__ import annotations

import os
from pathlib import Path


def write_entier(chemin: Path, octets: bytes) -> None:
    """Write under a temporary name, sync, rename: a killed run leaves the former content.

    Raises:
        OSError: disk full, folder missing.
    """
    provisoire = chemin.with_name(f".{chemin.name}.tmp")
    with provisoire.open("wb") as flux:
        flux.write(octets)
        flux.flush()
        os.fsync(flux.fileno())
    provisoire.replace(chemin)
    dossier = os.open(chemin.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(dossier)
    finally:
        os.close(dossier)
