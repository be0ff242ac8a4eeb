"""A stop asked for by signals, as many as come."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from cli.arrets import SIGNAUX, listen

DELAI_S = 30.0


@pytest.fixture
def handlers() -> Iterator[None]:
    """Those of the test runner, given back."""
    avant = {signe: signal.getsignal(signe) for signe in SIGNAUX}
    yield
    for signe, handler in avant.items():
        signal.signal(signe, handler)


def shower() -> None:
    """Signals one after the other, while the one before is being told."""
    for _ in range(200):
        for signe in SIGNAUX:
            os.kill(os.getpid(), signe)


@pytest.mark.usefixtures("handlers")
def test_a_shower_of_signals_asks_for_one_stop() -> None:
    """None ends the process, none keeps it from ending; without one, the wait ends by its time."""
    arret = listen()
    assert (arret.wait(0.2), arret.is_set()) == (False, False)
    pluie = Thread(target=shower)
    debut = time.monotonic()
    pluie.start()
    assert arret.wait(DELAI_S)
    pluie.join()
    assert arret.wait()
    assert time.monotonic() - debut < DELAI_S
