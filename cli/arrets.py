"""A stop that a signal asks for: Ctrl-C, a supervisor, a terminal that closes."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass

SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PAUSE_S = 0.1


@dataclass(slots=True)
class Arret:
    """Whether a stop was asked for.

    A plain word, and no `threading.Event`: a handler runs between any two steps of the program it
    interrupts, of another handler too, and an event that is being set or waited for holds a lock.
    """

    demande: bool = False

    def is_set(self) -> bool:
        """Whether it was asked for."""
        return self.demande

    def wait(self, duree_s: float = float("inf")) -> bool:
        """Return when it is asked for, or after this time: whether it was."""
        fin = time.monotonic() + duree_s
        while not self.demande and time.monotonic() < fin:
            time.sleep(PAUSE_S)
        return self.demande


def listen() -> Arret:
    """From now on, a signal asks for the stop that is returned, and ends nothing by itself."""
    arret = Arret()

    def ask(*_: object) -> None:
        arret.demande = True

    for signe in SIGNAUX:
        signal.signal(signe, ask)
    return arret
