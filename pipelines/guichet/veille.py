"""The desk that stays open: it answers as long as the process that opened it lives."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeAlias

from pipelines.guichet.reponses import answer_demandes
from pipelines.metier import Metier
from pipelines.nuit.reserves.fautifs import PASSAGERES
from warehouse.maison import Maison

PAS_S = 0.3
Repond: TypeAlias = Callable[[Maison, Sequence[Metier], datetime], int]


def read_horloge() -> datetime:
    """Now: what was asked is forgotten by it."""
    return datetime.now(UTC)


def keep_guichet(
    maison: Maison,
    metiers: Sequence[Metier],
    ouvert: Callable[[], bool],
    horloge: Callable[[], datetime] = read_horloge,
    repond: Repond = answer_demandes,
) -> None:
    """Answer what comes, as soon as it does, while `ouvert` says so.

    `repond`: answers what waits and says how much there was of it.
    """
    while ouvert():
        reponses = 0
        with suppress(*PASSAGERES):  # a base that is away for a moment: what was asked waits
            reponses = repond(maison, metiers, horloge())
        if not reponses:
            time.sleep(PAS_S)
