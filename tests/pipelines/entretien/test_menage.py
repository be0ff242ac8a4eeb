"""The housekeeping takes files that nobody reads, and nothing of what is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pipelines.entretien.menage as menages
from pipelines.entretien.menage import plan_menage, run_menage
from specs.contrats import contrats
from warehouse.lac import Lac
from warehouse.publications import read_arretes, read_publication

if TYPE_CHECKING:
    from tests.conftest import Caisse

MAI, ANNEES_APRES = date(2026, 5, 3), date(2029, 6, 1)
INSTANT = "2029-06-01T06:00:00Z"


@pytest.fixture
def vecue(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """A fund of three publications, which wrote tables that it did not publish."""
    caisse = make_appelee()
    caisse.drop("A80001", "correction.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 5, 3, 20, tzinfo=UTC))
    caisse.pass_night(datetime(2026, 7, 1, 20, tzinfo=UTC))
    lac = caisse.maison.lac
    appels = lac.read("appels").collect()
    lac.write("appels", appels.clear(), {"part": 0})
    lac.write("appels", appels, {"part": 0})
    return caisse


def _files(caisse: Caisse) -> set[Path]:
    return set(caisse.maison.lac.dossier.rglob("*.parquet"))


def _seen(caisse: Caisse, numero: int) -> dict[str, Any]:
    """The tables of a publication, read from their files."""
    with caisse.maison.moteur.connect() as connexion:
        publication = read_publication(connexion, numero)
    assert publication is not None
    lac = Lac(caisse.maison.lac.dossier, caisse.maison.lac.trousseau)
    return {
        nom: lac.read(nom, version).collect().sort(contrats()[nom].cle).write_csv()
        for nom, version in publication.versions.items()
    }


def test_every_publication_is_kept_as_it_is(vecue: Caisse) -> None:
    """By default: the files of what was not published go, all that was published is read again."""
    numeros = [1, 2, 3]
    avant, fichiers = [_seen(vecue, numero) for numero in numeros], _files(vecue)
    fait = run_menage(vecue.maison, MAI, INSTANT, delai_h=0)
    assert fait.retirees == ()
    assert {reste.chemin for reste in fait.restes} == fichiers - _files(vecue) != set()
    assert [_seen(vecue, numero) for numero in numeros] == avant
    assert plan_menage(vecue.maison, MAI, delai_h=0).restes == ()


def test_what_was_just_replaced_is_left(vecue: Caisse) -> None:
    """A step may be reading it."""
    assert plan_menage(vecue.maison, MAI).restes == ()


def test_a_publication_that_is_not_kept_is_withdrawn(
    vecue: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read any more, its files go; the others are as they were, the next night passes."""
    monkeypatch.setattr(menages, "option_at", lambda *_: "mois_12")
    avant = [_seen(vecue, numero) for numero in (2, 3)]
    prevu = plan_menage(vecue.maison, ANNEES_APRES, delai_h=0)
    toutes = _files(vecue)
    assert prevu.retirees == (1,)
    fait = run_menage(vecue.maison, ANNEES_APRES, INSTANT, delai_h=0)
    assert (fait.retirees, fait.octets) == (prevu.retirees, prevu.octets)
    assert len(_files(vecue)) == len(toutes) - len(fait.restes)
    with vecue.maison.moteur.connect() as connexion:
        assert read_publication(connexion, 1) is None
        assert list(read_arretes(connexion)) == [2, 3]
    assert [_seen(vecue, numero) for numero in (2, 3)] == avant
    assert run_menage(vecue.maison, ANNEES_APRES, INSTANT, delai_h=0).retirees == ()
    vecue.pass_night(datetime(2026, 7, 2, 20, tzinfo=UTC))
    assert vecue.read("lignes_appel").height > 0


def test_a_housekeeping_that_was_cut_is_done_again(
    vecue: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Withdrawn before its files: what remains is found by the next one."""
    monkeypatch.setattr(menages, "option_at", lambda *_: "mois_12")

    def fail(*_: object, **__: object) -> None:
        raise OSError("coupé")

    with monkeypatch.context() as coupure:
        coupure.setattr(Path, "unlink", fail)
        with pytest.raises(OSError, match="coupé"):
            run_menage(vecue.maison, ANNEES_APRES, INSTANT, delai_h=0)
    reste = run_menage(vecue.maison, ANNEES_APRES, INSTANT, delai_h=0)
    assert (reste.retirees, bool(reste.restes)) == ((), True)
    assert plan_menage(vecue.maison, ANNEES_APRES, delai_h=0).restes == ()
