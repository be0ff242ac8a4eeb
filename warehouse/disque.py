"""What makes writings survive a power cut: a file, a folder, or all that waits on a disk."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

PROVISOIRE = ".en-cours-"  # how the name of a file begins until it is whole
_SYNCFS = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


def sync_dossier(dossier: Path) -> None:
    """Make the renames of a folder survive; OSError when they can't be."""
    _on_descriptor(dossier, os.fsync)


def sync_fichier(fichier: Path) -> None:
    """Make the content of a file survive; OSError when it can't be."""
    _on_descriptor(fichier, os.fsync)


def sync_disque(dossier: Path) -> None:
    """Make all that was written on the disk of a folder survive; OSError when it can't be.

    One call for many files, whatever else waits there.
    """
    _on_descriptor(dossier, sync_disque_of)


def sync_disque_of(descripteur: int) -> None:
    """The same of the disk of an open file; of all disks where the system can't name one."""
    if _SYNCFS is None:
        os.sync()
    elif _SYNCFS(descripteur):
        numero = ctypes.get_errno()
        raise OSError(numero, os.strerror(numero))


def _on_descriptor(chemin: Path, sync: Callable[[int], None]) -> None:
    descripteur = os.open(chemin, os.O_RDONLY)
    try:
        sync(descripteur)
    finally:
        os.close(descripteur)


def write_whole(chemin: Path, octets: bytes) -> None:
    """Write a file, or put another in its place, so that nobody ever sees a part of it."""
    descripteur, provisoire = tempfile.mkstemp(prefix=PROVISOIRE, dir=chemin.parent)
    try:
        with os.fdopen(descripteur, "wb") as fichier:
            fichier.write(octets)
            fichier.flush()
            os.fsync(fichier.fileno())
        Path(provisoire).replace(chemin)
    except BaseException:
        Path(provisoire).unlink(missing_ok=True)
        raise
