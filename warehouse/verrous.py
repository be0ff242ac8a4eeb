"""One process at a time: a lock on a file, that the system frees when the process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RECEPTION = "reception.verrou"  # in a home: taken by each look at the boxes


@contextmanager
def lock(chemin: Path) -> Iterator[None]:
    """Wait to be the only holder of this file; it is made when it is not there."""
    with chemin.open("w") as fichier:
        fcntl.flock(fichier, fcntl.LOCK_EX)
        yield
