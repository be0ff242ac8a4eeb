"""One scheduler or one night in process at a time in a home: two would publish over each other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from warehouse.reglages import Reglages
    from warehouse.verrous import Verrou

SORTIE_OCCUPEE = 3
PRIS = (
    "Une nuit est déjà en cours dans ce dossier, ou Airflow y est lancé "
    "(caisse airflow declencher nuit)."
)
AVEC_OUVRIERS = "Des ouvriers de la grappe sont lancés : les arrêter d'abord, sur chaque machine."


@contextmanager
def alone(reglages: Reglages) -> Iterator[None]:
    """Hold the home while no scheduler nor worker does, or leave with 3."""
    from warehouse.verrous import Verrou

    with ExitStack() as tenus:
        tenus.enter_context(scheduling(reglages))
        _take(tenus, reglages, Verrou.OUVRIERS, AVEC_OUVRIERS)
        yield


@contextmanager
def scheduling(reglages: Reglages) -> Iterator[int]:
    """Hold the home as a scheduler, whose workers may be there; or leave with 3.

    A child process that inherits the descriptor holds it too, until it ends.
    """
    from warehouse.verrous import Verrou

    with ExitStack() as tenus:
        yield _take(tenus, reglages, Verrou.NUIT, PRIS)


@contextmanager
def working(reglages: Reglages) -> Iterator[int]:
    """Hold the home with the other workers, beside a scheduler; or leave with 3, likewise."""
    from warehouse.verrous import Verrou

    with ExitStack() as tenus:
        yield _take(tenus, reglages, Verrou.OUVRIERS, PRIS, partage=True)


def _take(
    tenus: ExitStack, reglages: Reglages, verrou: Verrou, refus: str, *, partage: bool = False
) -> int:
    from warehouse.verrous import VerrouPris, Verrous

    verrous = Verrous(reglages.dossier, reglages.url_sql)
    try:
        return tenus.enter_context(verrous.take(verrou, partage=partage))
    except VerrouPris:
        print(refus, file=sys.stderr)
        raise typer.Exit(SORTIE_OCCUPEE) from None
