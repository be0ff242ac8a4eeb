"""A night killed anywhere, then run again: the same published bytes as an undisturbed one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from warehouse.points_arret import POINTS
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT = "A80001"
NUIT = Path(__file__).with_name("une_nuit.py")
PARTS, LOT_OCTETS = 3, 20_000  # a lot a file
HORS_NUIT = {"maison.cle_ecrite", "registre.avant_ecriture", "registre.ecrit"}
# Passes of a night where it is killed: the first of each point, one in the middle of the repeated.
AU_MILIEU = {
    "archive.apres_renommage": 6,
    "archive.avant_renommage": 8,
    "controle.apres_lac": 2,
    "controle.apres_journal": 2,
    "journal.etape_inscrite": 4,
    "journal.etat_change": 3,
    "lac.apres_ecriture": 10,
    "lac.avant_ecriture": 14,
    "part.apres_table": 3,
    "publication.remise_faite": 4,
    "reception.apres_journal": 2,
    "remise.apres_fichier": 3,
}
PREMIERS = sorted(POINTS - HORS_NUIT)
ARRETS = [*PREMIERS, *(f"{point}:{rang}" for point, rang in sorted(AU_MILIEU.items()))]


@dataclass(frozen=True, slots=True)
class Depart:
    """A home where files were dropped, before its night."""

    dossier: Path
    soir: datetime
    ouvre: Callable[[Reglages], Caisse]

    def copy(self, parent: Path) -> Depart:
        """The same home elsewhere."""
        shutil.copytree(self.dossier, parent / "maison")
        return replace(self, dossier=parent / "maison")

    def kill_night(self, arret: str) -> int:
        """Start the night in a process that dies at the point; its return code."""
        environnement = {
            **os.environ,
            "CAISSE_DOSSIER": str(self.dossier),
            "CAISSE_NOMBRE_PARTS": str(PARTS),
            "CAISSE_LOT_OCTETS": str(LOT_OCTETS),
            "CAISSE_POINT_ARRET": arret,
        }
        commande = [sys.executable, str(NUIT), self.soir.isoformat()]
        return subprocess.run(commande, env=environnement, check=False).returncode

    def finish_night(self) -> dict[str, bytes]:
        """Run the night to its end here; what readers and companies then see."""
        reglages = Reglages(dossier=self.dossier, nombre_parts=PARTS, lot_octets=LOT_OCTETS)
        caisse = self.ouvre(reglages)
        caisse.pass_night(self.soir)
        return caisse.published()


@pytest.fixture(scope="module")
def avant(
    make_caisse: Callable[..., Caisse],
    open_caisse: Callable[[Reglages], Caisse],
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
    soir: datetime,
) -> Depart:
    """A home with a real file, its replacement, a test and an unreadable one."""
    caisse = make_caisse()
    for nom, octets in (
        ("a.dsn", as_real(normale)),
        ("b.dsn", as_real(remplace)),
        ("c.dsn", normale),
        ("d.dsn", b"PK\x03\x04"),
    ):
        caisse.drop(ADHERENT, nom, octets)
    return Depart(caisse.maison.reglages.dossier, soir, open_caisse)


@pytest.fixture(scope="module")
def temoin(avant: Depart, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed night publishes from that home."""
    return avant.copy(tmp_path_factory.mktemp("temoin")).finish_night()


@pytest.fixture
def depart(avant: Depart, tmp_path: Path) -> Depart:
    """A copy of that home, to disturb."""
    return avant.copy(tmp_path)


@pytest.mark.parametrize("arret", ARRETS)
def test_a_killed_night_ends_as_if_undisturbed(
    depart: Depart, temoin: dict[str, bytes], arret: str
) -> None:
    """Killed at the point and run again: same tables, same publication, same files returned."""
    assert depart.kill_night(arret) == -signal.SIGKILL
    assert depart.finish_night() == temoin


def test_a_night_killed_again_and_again_ends_as_if_undisturbed(
    depart: Depart, temoin: dict[str, bytes]
) -> None:
    """Six deaths, each further in the night, and the last run still publishes the same bytes."""
    for arret in (
        "reception.apres_archive:2",
        "controle.apres_lac:2",
        "part.apres_table:2",
        "part.apres_table:5",
        "publication.inscrite",
        "remise.apres_fichier:3",
    ):
        assert depart.kill_night(arret) == -signal.SIGKILL, arret
    assert depart.finish_night() == temoin


def test_readers_see_nothing_of_a_night_that_did_not_publish(
    depart: Depart, open_caisse: Callable[[Reglages], Caisse]
) -> None:
    """Killed just before the end of its transaction, a night has published nothing."""
    assert depart.kill_night("publication.inscrite") == -signal.SIGKILL
    caisse = open_caisse(Reglages(dossier=depart.dossier, nombre_parts=PARTS))
    assert caisse.read("depots").is_empty()
    assert caisse.read("appels").is_empty()
    assert {nom.rsplit("/")[-1][:3] for nom in caisse.returned()} == {"ACK"}
