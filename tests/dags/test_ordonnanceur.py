"""Airflow for real: how a test launches it and looks at it, and what its start and its end owe.

What runs under it: tests/dags/test_journee.py, whose one start serves all that needs servers.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from cli.airflow.api import UTILISATEUR, UTILISATEURS, Api, open_api
from cli.airflow.environnement import (
    compute_adresse,
    compute_mots_de_passe,
    compute_variables_services,
)
from cli.airflow.services import ComposantArrete, run_services
from pipelines.reception.envoi import send_depots
from pipelines.reception.serveur import serve_sftp

if TYPE_CHECKING:
    from tests.conftest import Caisse

RACINE = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ADHERENT = "A80001"
MEMOIRE_OCTETS = 2 * 1024**3
DELAI_S = 1200  # not a measure: what a machine with much else to do may need

pytestmark = [pytest.mark.lent, pytest.mark.ordonnanceur]


@pytest.fixture(autouse=True)
def memoire() -> None:
    """Airflow's processes and their tasks need memory; `.ci/run` requires it."""
    if psutil.virtual_memory().available > MEMOIRE_OCTETS:
        return
    motif = "Airflow et ses tâches demandent 2 Gio de mémoire libre"
    if os.environ.get("CAISSE_EXIGE_TOUT") == "1":
        pytest.fail(motif)
    pytest.skip(motif)


def environment(caisse: Caisse, port: int) -> dict[str, str]:
    """Variables of this home; nothing to wait for: a reception every minute, no idle scheduler.

    No night begins by itself, whatever the hour: those that are told are asked for.
    """
    hors = ("AIRFLOW", "MAKE", "MFLAGS")
    return {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith(hors)} | {
        "CAISSE_DOSSIER": str(caisse.maison.reglages.dossier),
        "CAISSE_NOMBRE_PARTS": str(caisse.maison.reglages.nombre_parts),
        "CAISSE_PORT_AIRFLOW": str(port),
        "CAISSE_HORAIRE_RECEPTION": "* * * * *",
        "CAISSE_HORAIRE_NUIT": "0 0 1 1 *",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        UTILISATEURS: "admin:admin,anne:user,bruno:user",
        "PYTHONUNBUFFERED": "1",
    }


def run_caisse(caisse: Caisse, port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on this home."""
    return subprocess.run(
        [str(BIN / "caisse"), *arguments],
        env=environment(caisse, port),
        capture_output=True,
        text=True,
        check=False,
        timeout=DELAI_S,
    )


def open_api_of(
    caisse: Caisse, port: int, utilisateur: str = UTILISATEUR
) -> AbstractContextManager[Api]:
    """The API of the Airflow of this home, as one of its users."""
    reglages = caisse.maison.reglages.model_copy(update={"port_airflow": port})
    return open_api(compute_adresse(reglages), compute_mots_de_passe(reglages.dossier), utilisateur)


@contextmanager
def launched(
    caisse: Caisse, port: int, commande: list[str], arret: signal.Signals
) -> Iterator[subprocess.Popen[str]]:
    """A process of its own session, told to stop as a terminal does: the whole group."""
    lance = subprocess.Popen(
        commande,
        env=environment(caisse, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        cwd=RACINE,
    )
    try:
        yield lance
        os.killpg(lance.pid, arret)
        lance.wait(DELAI_S)
    finally:
        if lance.poll() is None:
            os.killpg(lance.pid, signal.SIGTERM)
            lance.wait(DELAI_S)


def read_until(lance: subprocess.Popen[str], mot: str) -> str:
    """What the process says until a line has this word; AssertionError when it ends before."""
    assert lance.stdout is not None
    lignes = []
    for ligne in lance.stdout:
        lignes.append(ligne)
        if mot in ligne:
            return "".join(lignes)
    raise AssertionError("".join(lignes))


def left_of(caisse: Caisse) -> list[str]:
    """Processes that still have the home in their environment."""
    dossier = str(caisse.maison.reglages.dossier)
    vivants = []
    for processus in psutil.process_iter():
        with suppress(psutil.Error):
            if processus.environ().get("CAISSE_DOSSIER") == dossier:
                vivants.append(" ".join(processus.cmdline()))
    return vivants


def drop(caisse: Caisse, tmp_path: Path, nom: str, octets: bytes) -> None:
    """Drop a file over SFTP, as the company does."""
    fichier = tmp_path / nom
    fichier.write_bytes(octets)
    with serve_sftp(caisse.maison) as serveur:
        send_depots(
            [fichier],
            serveur.adresse(ADHERENT),
            cle=serveur.create_cle(ADHERENT),
            hotes_connus=serveur.hotes_connus,
        )


def wait_for_depot(caisse: Caisse, nom: str) -> None:
    """Return when the journal has the file; AssertionError when it is too long."""
    fin = time.monotonic() + DELAI_S
    while nom not in caisse.journal():
        assert time.monotonic() < fin, f"{nom} n'est pas reçu"
        time.sleep(1)


def scheduled_receptions(caisse: Caisse) -> int:
    """Receptions that the schedule started, and that succeeded."""
    base = caisse.maison.reglages.dossier / "airflow" / "ordonnanceur.db"
    with closing(sqlite3.connect(base)) as connexion:
        requete = (
            "select count(*) from dag_run where dag_id = 'reception'"
            " and run_type = 'scheduled' and state = 'success'"
        )
        return int(connexion.execute(requete).fetchone()[0])


def files_with(caisse: Caisse, *valeurs: bytes) -> list[str]:
    """Files of Airflow in the home that hold one of these values."""
    fichiers = [f for f in (caisse.maison.reglages.dossier / "airflow").rglob("*") if f.is_file()]
    assert any(f.name == "scheduler.log" for f in fichiers)
    return [f.name for f in fichiers if any(valeur in f.read_bytes() for valeur in valeurs)]


def test_a_stop_asked_for_while_it_starts_leaves_nothing(caisse: Caisse, port_libre: int) -> None:
    """SIGTERM before it is ready: it ends without a word of error and without a process."""
    commande = [str(BIN / "caisse"), "airflow", "lancer"]
    with launched(caisse, port_libre, commande, signal.SIGTERM) as airflow:
        read_until(airflow, "Airflow se prépare.")
    assert airflow.returncode == 0
    assert left_of(caisse) == []


def test_a_component_that_ends_is_told(caisse: Caisse, port_libre: int) -> None:
    """A server that cannot start, its database being nowhere: which one, and where its log is."""
    reglages = caisse.maison.reglages.model_copy(update={"port_airflow": port_libre})
    dossier = reglages.dossier
    variables = compute_variables_services(reglages, {}) | {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{dossier}/nulle/part.db"
    }
    with (
        pytest.raises(ComposantArrete, match=r"\(api-server\) : voir .*api-server\.log"),
        run_services(variables, dossier / "airflow", [], lambda: False),
    ):
        pass
    assert left_of(caisse) == []


@pytest.fixture
def port_libre() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])
