"""What shards composed is what is published; what they did not, the publication composes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.nuit.passage import open_nuit, plan_temps, run_nuit, run_temps
from pipelines.publication import composition
from pipelines.publication.composition import Composees
from pipelines.publication.etapes import Resultat
from pipelines.publication.mise_en_reserve import compose_remises
from tests.conftest import Caisse

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage

SOIR = datetime(2026, 5, 5, 20, tzinfo=UTC)
PARTS = 3
APRES = ("composer", "publier", "remettre")


@pytest.fixture(scope="module")
def prete(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """A fund whose night was audited: a correction was dropped, nothing is composed."""
    caisse = make_appelee(nombre_parts=PARTS)
    caisse.drop("A80001", "mars_corrige.dsn", as_real(remplace))
    run_nuit(caisse.passage(SOIR), sauf=APRES)
    return caisse


@pytest.fixture
def passage(prete: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Passage:
    """The rest of that night, in a copy of the fund."""
    passage = copy_caisse(prete).passage(SOIR)
    open_nuit(passage)
    return passage


@pytest.fixture
def composes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each composition gives, from now on."""
    nombres = []

    def compose(*dits: object) -> object:
        remises = compose_remises(*dits)  # type: ignore[arg-type] # what the module gives
        nombres.append(len(remises))
        return remises

    monkeypatch.setattr(composition, "compose_remises", compose)
    return nombres


def fail(*_: object) -> None:
    """A composition that can't be done."""
    raise ZeroDivisionError


def compose(passage: Passage) -> list[int | None]:
    """Compose in every shard that is planned: how many files each gives."""
    temps = passage.find_temps("composer")
    faits = [run_temps(passage, temps, numero) for numero in plan_temps(passage, temps)]
    return [fait.faites for fait in faits if isinstance(fait, Composees)]


def publish(passage: Passage) -> Resultat:
    """The publication, and its hand-over."""
    resultat = run_temps(passage, passage.find_temps("publier"))
    run_temps(passage, passage.find_temps("remettre"))
    assert isinstance(resultat, Resultat)
    return resultat


@pytest.fixture(scope="module")
def temoin(prete: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> dict[str, bytes]:
    """What is published when no shard composed anything."""
    caisse = copy_caisse(prete)
    passage = caisse.passage(SOIR)
    open_nuit(passage)
    publish(passage)
    return caisse.published()


def test_what_shards_composed_is_published_as_it_is(
    passage: Passage, composes: list[int], temoin: dict[str, bytes]
) -> None:
    """The same bytes; the publication composes nothing more, and a shard run again neither."""
    faites = compose(passage)
    assert sum(n or 0 for n in faites) > 0
    assert composes == faites
    assert compose(passage) == faites
    resultat = publish(passage)
    assert composes == [*faites, 0, 0]
    assert resultat.remises == sum(n or 0 for n in faites)
    assert Caisse(passage.maison).published() == temoin


def test_a_shard_that_fails_is_left_to_the_publication(
    passage: Passage, monkeypatch: pytest.MonkeyPatch, temoin: dict[str, bytes]
) -> None:
    """It composes it itself: nobody is held for what does not fail again."""
    with monkeypatch.context() as en_panne:
        en_panne.setattr(composition, "compose_remises", fail)
        assert set(compose(passage)) == {None}
    assert publish(passage).reserves == 0
    assert Caisse(passage.maison).published() == temoin


def test_what_was_composed_of_another_night_is_not_taken(
    passage: Passage, composes: list[int]
) -> None:
    """What bears another instant is composed again, whole."""
    faites = compose(passage)
    composes.clear()
    publish(replace(passage, maintenant=SOIR + timedelta(minutes=1)))
    assert composes == [sum(n or 0 for n in faites)]


def test_nothing_is_planned_when_nothing_is_new(passage: Passage) -> None:
    """The night after one that published."""
    publish(passage)
    assert plan_temps(passage, passage.find_temps("composer")) == []
