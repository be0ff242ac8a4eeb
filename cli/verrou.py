"""One scheduler or one night in process at a time in a home: two would publish over each other."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

SORTIE_OCCUPEE = 3


@contextmanager
def alone(dossier: Path) -> Iterator[int]:
    """Hold the home, or leave with 3 when it is held; the descriptor that holds it.

    A child process that inherits the descriptor holds the home too, until it ends.
    """
    with (dossier / "nuit.verrou").open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(
                "Une nuit est déjà en cours dans ce dossier, ou Airflow y est lancé "
                "(caisse airflow declencher nuit).",
                file=sys.stderr,
            )
            raise typer.Exit(SORTIE_OCCUPEE) from None
        yield verrou.fileno()
