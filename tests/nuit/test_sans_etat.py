"""What nights remember to do less changes nothing of what they publish.

The same nights with no carried state: every step done, every table written again, all audited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import pipelines.audit.etapes
import pipelines.conges.attendus
import pipelines.nuit.execution
from warehouse.lac import Lac

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT = "A80001"
# Days after the first night: one without anything, a correction, the call is late.
SUITES = (1, 8, 38)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nights do everything again."""
    monkeypatch.setattr(pipelines.nuit.execution, "_is_done", lambda *_: False)
    monkeypatch.setattr(pipelines.conges.attendus, "read_repere", lambda *_: None)
    monkeypatch.setattr(pipelines.audit.etapes, "is_audited", lambda *_: False)
    monkeypatch.setattr(Lac, "_holds", lambda *_: False)
    monkeypatch.setattr(Lac, "list_changed", lambda *arguments: sorted(arguments[-1]))


@pytest.fixture
def play(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
    soir: datetime,
) -> Callable[[], tuple[Caisse, list[Any]]]:
    """The nights; what is published after each."""

    def run() -> tuple[Caisse, list[Any]]:
        caisse = make_caisse(nombre_parts=1)
        caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
        caisse.pass_night(soir)
        vues: list[Any] = [caisse.published()]
        for jours in SUITES:
            if jours == SUITES[1]:
                caisse.drop(ADHERENT, "correction.dsn", as_real(remplace))
            caisse.pass_night(soir + timedelta(days=jours))
            vues.append(caisse.published())
        return caisse, vues

    return run


def test_nights_that_remember_publish_what_others_would(
    play: Callable[[], tuple[Caisse, list[Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same tables and same files, night after night; and far fewer versions of the tables."""
    caisse, vues = play()
    forget(monkeypatch)
    sans, toutes = play()
    assert vues == toutes
    assert len({repr(vue) for vue in vues}) > 2
    avec, autant = (m.lac.version("creances") or 0 for m in (caisse.maison, sans.maison))
    assert avec < autant
