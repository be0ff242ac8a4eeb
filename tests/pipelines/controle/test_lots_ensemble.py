"""Lots controlled at once give what they give one at a time, whichever is ready first."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.controle import etapes
from pipelines.controle.etapes import controler, plan_lots
from pipelines.controle.lignes import lot_tables
from pipelines.controle.lots import list_lots
from pipelines.controle.preparation import Prete, prepare_lot
from pipelines.nuit.passage import run_temps
from specs.contrats import read_contrat
from tests.conftest import BONS
from tests.parsers.echanges.fabrique import DEMANDE, write
from tests.postgresql import create_base, serve_postgresql
from warehouse.journal import change_etats, read_depots
from warehouse.maison import Maison
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Caisse

DELAI_S = 60
BOITE, DSN = "A09001", "A80001"
DMC = "DMC_R_0001234_20260401080000_000{}.txt{}"
Ouvre = Callable[[Reglages], "Caisse"]


def demande(file_id: str, **entete: str) -> bytes:
    """A real request of leave of this reference."""
    tete = {"mode": "R", "file_id": file_id, "created": "20260401080000"} | entete
    return write("DMC", [("20", DEMANDE)], **tete)


@pytest.fixture(scope="module")
def receive(
    neuve: Path,
    tmp_path_factory: pytest.TempPathFactory,
    open_caisse: Ouvre,
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> Callable[..., Caisse]:
    """Maker of a fund that received two lots: the second repeats and replaces files of the first.

    Then one takes the reference of another.
    """
    premier = [
        (DSN, "mars.dsn", as_real(normale)),
        (BOITE, DMC.format(1, ""), demande("F1")),
        (BOITE, DMC.format(2, ""), demande("F2")),
        (DSN, "essai.dsn", normale),
    ]
    second = [
        (DSN, "corrige.dsn", as_real(remplace)),
        (BOITE, DMC.format(3, ".gz"), gzip.compress(demande("F1"), mtime=0)),
        (BOITE, DMC.format(4, ""), demande("F3", operation="R", replaces="F2")),
        (BOITE, DMC.format(5, ""), demande("F2", software="autre")),
    ]

    def make(base_sql: str | None = None) -> Caisse:
        dossier = tmp_path_factory.mktemp("lots") / "maison"
        shutil.copytree(neuve, dossier)
        octets = sum(len(fichier) for _, _, fichier in premier)
        reglages = Reglages(dossier=dossier, base_sql=base_sql, lot_octets=octets)
        caisse = open_caisse(reglages)
        caisse.learn((BONS / "registre.csv").read_bytes())
        caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
        for fichier in premier + second:
            caisse.drop(*fichier)
            caisse.receive()  # one by one: they are numbered in this order
        return caisse

    return make


@pytest.fixture(scope="module")
def recue(receive: Callable[..., Caisse]) -> Caisse:
    """That fund, to copy."""
    return receive()


@pytest.fixture
def caisse(recue: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """That fund, before its control."""
    return copy_caisse(recue)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a database of a real PostgreSQL."""
    with serve_postgresql() as serveur:
        yield create_base(serveur)[1]


def outcome(caisse: Caisse) -> dict[str, Any]:
    """What is left of the control: states, rows of the lake, files handed over."""
    passage = caisse.passage()
    run_temps(passage, passage.find_temps("remettre"))
    lac = caisse.maison.lac
    tables = {
        nom: lac.read(nom).collect().sort("lot", *read_contrat(nom).cle).write_csv()
        for nom in lot_tables(caisse.maison)
    }
    with caisse.maison.moteur.connect() as connexion:
        depots = {depot.depot: repr(depot) for depot in read_depots(connexion)}
    return tables | depots | caisse.returned()


@pytest.fixture(scope="module")
def controlee(recue: Caisse, copy_caisse: Callable[[Caisse], Caisse]) -> Caisse:
    """That fund, which controlled one lot after the other."""
    caisse = copy_caisse(recue)
    lots = plan_lots(caisse.maison)
    assert len(lots) == 2
    for lot in lots:
        controler(caisse.passage(), lot)
    return caisse


@pytest.fixture(scope="module")
def temoin(controlee: Caisse) -> dict[str, Any]:
    """What is left of it."""
    etats = Counter(depot.etat for depot in controlee.journal().values())
    assert etats == {"CONFORME": 6, "DOUBLON": 1, "NON_CONFORME": 1}
    return outcome(controlee)


def control_at_once(
    caisse: Caisse, open_caisse: Ouvre, monkeypatch: pytest.MonkeyPatch, dernier: int
) -> list[int]:
    """Both lots at once, this one being ready last; how often each was prepared."""
    faites: Counter[str] = Counter()
    ensemble, autre_prete = Barrier(2), Event()
    lots = plan_lots(caisse.maison)

    def prepare(maison: Maison, nom: str, *arguments: Any) -> Prete:
        faites[nom] += 1
        if faites[nom] == 1:
            ensemble.wait(DELAI_S)
        if nom == lots[dernier]:
            assert autre_prete.wait(DELAI_S)
        prete = prepare_lot(maison, nom, *arguments)
        if nom != lots[dernier]:
            autre_prete.set()
        return prete

    monkeypatch.setattr(etapes, "prepare_lot", prepare)
    passages = [open_caisse(caisse.maison.reglages).passage() for _ in lots]
    with ThreadPoolExecutor(len(lots)) as fils:
        list(fils.map(controler, passages, lots))
    return [faites[lot] for lot in lots]


@pytest.mark.parametrize("dernier", [0, 1])
def test_two_lots_at_once(
    caisse: Caisse,
    temoin: dict[str, Any],
    open_caisse: Ouvre,
    monkeypatch: pytest.MonkeyPatch,
    dernier: int,
) -> None:
    """Ready before what it repeats or replaces was decided, the second is prepared again."""
    faites = control_at_once(caisse, open_caisse, monkeypatch, dernier)
    assert outcome(caisse) == temoin
    if dernier == 0:
        assert faites == [1, 2]


def test_two_lots_at_once_on_postgresql(
    receive: Callable[..., Caisse],
    temoin: dict[str, Any],
    open_caisse: Ouvre,
    monkeypatch: pytest.MonkeyPatch,
    base: str,
) -> None:
    """The locks are then those of the base."""
    caisse = receive(base)
    assert control_at_once(caisse, open_caisse, monkeypatch, 0) == [1, 2]
    assert outcome(caisse) == temoin


def test_a_lot_whose_turn_has_not_come_is_controlled_by_the_next(
    caisse: Caisse, temoin: dict[str, Any]
) -> None:
    """Nobody waits for a task that waits itself: its own finds nothing left."""
    for lot in reversed(plan_lots(caisse.maison)):
        controler(caisse.passage(), lot)
        assert list_lots(caisse.maison) == []
    assert outcome(caisse) == temoin


def test_what_is_taken_up_again_keeps_the_rows_of_its_lot(
    controlee: Caisse, temoin: dict[str, Any], copy_caisse: Callable[[Caisse], Caisse]
) -> None:
    """The first and the last deposit of a lot: it is named as it was, the others stay in it."""
    caisse = copy_caisse(controlee)
    premier, dernier = "D00000001", "D00000004"
    with caisse.maison.moteur.begin() as connexion:
        repris = [(depot, "RECU", "repris") for depot in (premier, dernier)]
        change_etats(connexion, repris, instant="2026-04-06T08:00:00Z")
    lots = plan_lots(caisse.maison)
    assert lots == [f"{premier}-{dernier}"]
    controler(caisse.passage(), *lots)
    tables = lot_tables(caisse.maison)
    apres = outcome(caisse)
    assert {nom: apres[nom] for nom in tables} == {nom: temoin[nom] for nom in tables}
