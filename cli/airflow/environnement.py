"""Airflow in a home of Caisse: the variables it reads, its database, where what it says goes.

A night in process and a scheduler each have their database: a night that was killed leaves a run
that never ends, which a scheduler on the same database would take up.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from importlib import metadata
from pathlib import Path

from cli.airflow.executeur import compute_executeur
from warehouse.reglages import Reglages

BASE_DU_PROCESSUS, BASE_DES_SERVICES = "airflow.db", "ordonnanceur.db"
BASE_ASYNCHRONE, PSYCOPG = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC", "postgresql+psycopg"
BASE, SQLITE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "sqlite:///"


def compute_variables(dossier: Path, base: str = BASE_DU_PROCESSUS) -> dict[str, str]:
    """What any Airflow of this home reads: our DAGs, an SQLite database, few words in its logs."""
    import dags

    accueil = compute_accueil(dossier)
    return {
        "AIRFLOW_HOME": str(accueil),
        "AIRFLOW__CORE__DAGS_FOLDER": str(Path(dags.__path__[0])),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        BASE: f"{SQLITE}{accueil / base}",
        "CAISSE_DOSSIER": str(dossier.resolve()),
    }


def compute_variables_services(
    reglages: Reglages, environnement: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What a scheduler, its servers and its workers read besides: addresses, executor.

    A database that `environnement` names is kept (PostgreSQL in production). ExecuteurRefuse.
    """
    adresse, dossier = compute_adresse(reglages), reglages.dossier
    variables = compute_variables(dossier, BASE_DES_SERVICES)
    base = environnement.get(BASE, variables[BASE])
    return variables | {
        **_compute_bases(base),
        **compute_executeur(reglages, base, environnement),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(compute_mots_de_passe(dossier)),
        "AIRFLOW__API__HOST": reglages.hote_airflow,
        "AIRFLOW__API__PORT": str(reglages.port_airflow),
        # Workers call the second one, which does not follow the port by itself.
        "AIRFLOW__API__BASE_URL": adresse,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{adresse}/execution/",
        # A busy machine answers late: by default a task gives up, and waits for its next try.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    }


def _compute_bases(base: str) -> dict[str, str]:
    """The database, and by which driver servers reach it: by default one that we don't have."""
    if not base.startswith(f"{PSYCOPG}:"):
        return {BASE: base}
    return {BASE: base, BASE_ASYNCHRONE: base.replace(PSYCOPG, f"{PSYCOPG}_async", 1)}


def compute_accueil(dossier: Path) -> Path:
    """Airflow's own folder in a home."""
    return dossier.resolve() / "airflow"


def compute_mots_de_passe(dossier: Path) -> Path:
    """Where the password of the operator of Airflow is kept."""
    return dossier.resolve() / "cles" / "airflow.json"


def compute_adresse(reglages: Reglages) -> str:
    """Where the API server listens."""
    return f"http://{reglages.hote_airflow}:{reglages.port_airflow}"


def migrate_base() -> None:
    """Bring Airflow's database to its version; CalledProcessError when it cannot be.

    Nothing is started when this very Airflow has left the file as it is: asking it takes seconds.
    """
    base = Path(os.environ[BASE].removeprefix(SQLITE))  # the address of a server is no file
    marque = base.with_suffix(".version")
    if marque.exists() and marque.read_text("utf-8") == _read_version(base):
        return
    # A killed first night may have left a part: the mark is written once all is there.
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
    version = _read_version(base)
    if version:
        marque.write_text(version, "utf-8")


def _read_version(base: Path) -> str | None:
    """The Airflow that runs, and the revision of its file; None when it has no such file."""
    if not base.is_file():
        return None
    with closing(sqlite3.connect(base)) as connexion, suppress(sqlite3.DatabaseError):
        (revision,) = connexion.execute("select version_num from alembic_version").fetchone()
        return f"{metadata.version('apache-airflow')} {revision}"
    return None


@contextmanager
def diverted(chemin: Path) -> Iterator[None]:
    """Send standard output and error to a file, those of child processes too."""
    sys.stdout.flush()
    gardes = [os.dup(1), os.dup(2)]
    with chemin.open("ab") as journal:
        os.dup2(journal.fileno(), 1)
        os.dup2(journal.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for cible, garde in zip((1, 2), gardes, strict=True):
                os.dup2(garde, cible)
                os.close(garde)
