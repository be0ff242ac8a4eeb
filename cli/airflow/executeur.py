"""Where tasks run: on the machine of the scheduler, or on the workers of a cluster (Celery)."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from warehouse.reglages import Executeur, Reglages

OUVRIER = "celery"
EXECUTEUR, PARALLELES = "AIRFLOW__CORE__EXECUTOR", "AIRFLOW__CORE__PARALLELISM"
CELERY = "CeleryExecutor"
SQLITE = "sqlite"
# A message that no worker has answered goes to another one: later than any task may last, and than
# Airflow notices that the worker is lost, which gives its tasks again by itself.
SANS_REPONSE_S = 3600


class ExecuteurRefuse(RuntimeError):  # noqa: N818 - named in French
    """The executor that the settings name cannot be used with the others; the message says why."""


def compute_executeur(
    reglages: Reglages, base: str, environnement: Mapping[str, str]
) -> dict[str, str]:
    """What Airflow reads of its executor; `base`: the address of its database.

    How many tasks run together is that of this machine, unless `environnement` says it: a cluster
    is as large as the sum of its machines.

    Raises:
        ExecuteurRefuse: a cluster on SQLite, or without a broker.
    """
    paralleles = environnement.get(PARALLELES, str(2 * count_coeurs()))
    # By default Airflow would not run more than sixteen tasks of a night.
    communes = {PARALLELES: paralleles, "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": paralleles}
    if reglages.executeur is Executeur.LOCAL:
        return communes | {
            EXECUTEUR: "LocalExecutor",
            # The scheduler reads our tables when a night ends: a worker forked from it afterwards
            # would get the locks of its threads without the threads, and its tasks would never end.
            "AIRFLOW__SCHEDULER__MP_START_METHOD": "forkserver",
        }
    concurrence = "AIRFLOW__CELERY__WORKER_CONCURRENCY"
    return communes | {
        EXECUTEUR: CELERY,
        "AIRFLOW__CELERY__BROKER_URL": _check_grappe(reglages, base),
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(SANS_REPONSE_S),
        concurrence: environnement.get(concurrence, str(count_coeurs())),
    }


def compute_ouvrier(nom: str) -> list[str]:
    """Words of the command of Airflow that is a worker, under a name of its own on its machine.

    Its logs are files of the fund, which nothing has to serve; workers tell each other nothing.
    """
    hote = f"{nom}@{socket.gethostname()}"
    silence = ["--skip-serve-logs", "--without-mingle", "--without-gossip"]
    return [OUVRIER, "worker", "--celery-hostname", hote, *silence]


def read_places_grappe(variables: Mapping[str, str]) -> dict[str, int]:
    """Places that the computations of a cluster have: all the tasks that it runs together.

    None when `variables`, what Airflow reads, are not a cluster's.
    """
    grappe = variables.get(EXECUTEUR) == CELERY
    return {"calcul": int(variables[PARALLELES])} if grappe else {}


def count_coeurs() -> int:
    """Cores of this machine."""
    return os.cpu_count() or 1


def _check_grappe(reglages: Reglages, base: str) -> str:
    """The broker of a cluster that can be."""
    if reglages.courtier is None:
        raise ExecuteurRefuse(
            "CAISSE_EXECUTEUR=CELERY demande un courtier : donner son adresse par CAISSE_COURTIER"
            " (redis://:MOT_DE_PASSE@MACHINE:6379/0)"
        )
    for nom, adresse in (
        ("CAISSE_BASE_SQL", reglages.url_sql),
        ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", base),
    ):
        if adresse.startswith(SQLITE):
            raise ExecuteurRefuse(
                "CAISSE_EXECUTEUR=CELERY demande PostgreSQL : SQLite ne se partage pas entre"
                f" machines ({nom})"
            )
    return reglages.courtier
