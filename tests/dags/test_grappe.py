"""Two workers of a cluster, one of them lost in the middle of a shard: nothing of the night is."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil
import pytest
from sqlalchemy import create_engine, text

from cli.airflow.api import BASE_EN_SANTE, FINIS, Api, Passage, read_sante
from cli.airflow.environnement import BASE, compute_adresse
from pipelines.nuit.ordre import list_temps
from pipelines.nuit.passage import open_nuit, run_nuit
from tests.dags.test_ordonnanceur import (
    BIN,
    DELAI_S,
    RACINE,
    environment,
    left_of,
    memoire,
    open_api_of,
    port_libre,
)
from tests.efforts import EFFORT
from tests.postgresql import create_base, serve_postgresql
from warehouse.points_arret import SIGNAL, VARIABLE
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

__all__ = ["memoire", "port_libre"]  # fixtures of the other tests of the scheduler

BONS = RACINE / "sample_files" / "bons"
MILIEU = "part.apres_table"  # a shard has written a table, and its journal does not say it
PERDU_S, REGARD_S = 20, 2.0  # without a word of a task; between two looks at the workers

pytestmark = [pytest.mark.lent, pytest.mark.ordonnanceur]


@pytest.fixture
def bases() -> Iterator[list[str]]:
    """Addresses of two databases of a PostgreSQL server: the fund's, and Airflow's."""
    with serve_postgresql() as serveur:
        yield [create_base(serveur)[1] for _ in range(2)]


@pytest.fixture
def courtier() -> Iterator[Path]:
    """Where a broker may listen, when there is Debian's: `.ci/run` requires it."""
    if shutil.which("redis-server") is None:
        motif = "redis-server n'est pas installé"
        pytest.fail(motif) if os.environ.get("CAISSE_EXIGE_TOUT") == "1" else pytest.skip(motif)
    # A short path: a socket's name holds in 107 bytes, pytest's own folders do not.
    with TemporaryDirectory(prefix="redis-") as dossier:
        yield Path(dossier) / "courtier.sock"


@contextmanager
def started(commande: list[str], variables: dict[str, str], journal: Path) -> Iterator[None]:
    """A program, told to stop in the end; what it says goes to a file."""
    with (
        journal.open("ab") as dit,
        subprocess.Popen(commande, env=variables, stdout=dit, stderr=dit) as lance,
    ):
        try:
            yield
        finally:
            lance.terminate()
            lance.wait(DELAI_S)


def wait_until(is_so: Callable[[], bool], quoi: str) -> None:
    """Return when it is so; AssertionError when it is too long."""
    fin = time.monotonic() + DELAI_S
    while not is_so():
        assert time.monotonic() < fin, quoi
        time.sleep(0.2)


def tree_of(pid: int) -> list[psutil.Process]:
    """A process and all that it has started."""
    with suppress(psutil.NoSuchProcess):
        tete = psutil.Process(pid)
        return [tete, *tete.children(recursive=True)]
    return []


def is_stopped(processus: psutil.Process) -> bool:
    """Whether it waits in the middle of a shard."""
    with suppress(psutil.NoSuchProcess):
        return processus.status() == psutil.STATUS_STOPPED
    return False


def lose_one(api: Api, passage: Passage, ouvriers: list[int]) -> Passage:
    """The run in its end; the first worker in the middle of a shard is killed, with all it runs."""
    perdu = None
    while (passage := api.wait_for(passage, REGARD_S)).etat not in FINIS:
        for ouvrier in ouvriers:
            arretes = [processus for processus in tree_of(ouvrier) if is_stopped(processus)]
            if arretes and perdu is None:
                perdu = ouvrier
                for processus in tree_of(perdu):
                    processus.kill()
            elif ouvrier != perdu:
                for processus in arretes:
                    processus.resume()
    assert perdu is not None
    return passage


def begin_alone(caisse: Caisse, soir: datetime) -> list[str]:
    """The night until its rights to leave, without Airflow: the names there of what is done.

    Each task of Airflow costs a second of CPU, whatever it does; `make epreuve` has them all.
    """
    passage = caisse.passage(soir)
    if EFFORT == "epreuve":
        return []
    open_nuit(passage)
    avant = list(takewhile(lambda temps: temps.nom != "conges", list_temps(passage.metiers)))
    for temps in avant:
        caisse.run(temps.nom, soir.date())
    plans = [f"planifier_{temps.nom}" for temps in avant if temps.plans_itself]
    return [*plans, *(temps.nom for temps in avant)]


def mark_done(base: str, taches: list[str]) -> None:
    """Tell Airflow, whose scheduler is not there yet, that these tasks of the only run are done."""
    moteur = create_engine(base)
    with moteur.begin() as connexion:
        connexion.execute(
            text("update task_instance set state = 'success' where task_id = any(:taches)"),
            {"taches": taches},
        )
    moteur.dispose()


def test_a_worker_lost_in_the_middle_of_a_shard_loses_nothing(
    open_caisse: Callable[[Reglages], Caisse],
    courtier: Path,
    bases: list[str],
    tmp_path: Path,
    port_libre: int,
    soir: datetime,
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """The other one does its shard again: what is published is, to the byte, one machine's."""
    grappe, seule = (
        open_caisse(Reglages(dossier=tmp_path / nom, base_sql=base, nombre_parts=2))
        for nom, base in (("grappe", bases[0]), ("seule", None))
    )
    for caisse in (grappe, seule):
        caisse.learn((BONS / "registre.csv").read_bytes())
        caisse.drop("A80001", "mars.dsn", as_real(normale))
    variables = environment(grappe, port_libre) | {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "CAISSE_BASE_SQL": bases[0],
        BASE: bases[1],
        "CAISSE_EXECUTEUR": "CELERY",
        "CAISSE_COURTIER": f"redis+socket://{courtier}",
        "CAISSE_HORAIRE_RECEPTION": "0 0 1 1 *",
        "CAISSE_HORAIRE_EDITIQUE": "0 0 1 1 *",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
        # A minute passes before the shard is tried again: a loop without rest would cost most.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(PERDU_S),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    }
    travail = tmp_path / "ouvriers"
    arme = {VARIABLE: MILIEU, SIGNAL: "SIGSTOP"}
    adresse = compute_adresse(Reglages(port_airflow=port_libre))
    subprocess.run([str(BIN / "caisse"), "airflow", "preparer"], env=variables, check=True)
    serveur, ordonnanceur = (
        [str(BIN / "caisse"), "airflow", "composant", nom] for nom in ("api-server", "scheduler")
    )
    lancer = [str(RACINE / "exploitation" / "grappe" / "lancer"), str(travail), "2"]
    faites = begin_alone(grappe, soir)
    with ExitStack() as lances:
        lances.enter_context(started(serveur, variables, tmp_path / "serveur.log"))
        wait_until(lambda: BASE_EN_SANTE in read_sante(adresse), "serveur")
        api = lances.enter_context(open_api_of(grappe, port_libre))
        passage = api.trigger("nuit", {"maintenant": soir.isoformat()})
        mark_done(bases[1], faites)
        lances.enter_context(started(ordonnanceur, variables, tmp_path / "ordonnanceur.log"))
        lances.enter_context(started(lancer, variables | arme, tmp_path / "lancer.log"))
        fichiers = [travail / f"ouvrier-{n}" / "pid" for n in (1, 2)]
        wait_until(fichiers[1].exists, "ouvriers")
        pids = [int(fichier.read_text()) for fichier in fichiers]
        assert lose_one(api, passage, pids).etat == "success"
    assert left_of(grappe) == []
    run_nuit(seule.passage(soir))
    assert grappe.published() == seule.published()
