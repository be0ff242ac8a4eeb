"""`caisse nuit`: the nightly DAG in this process, without a server."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from warehouse.maison import Maison

SORTIE_ECHEC = 1
SORTIE_OCCUPEE = 3


def nuit(
    date_arrete: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date d'arrêté (par défaut : aujourd'hui)."),
    ] = None,
    maintenant: Annotated[
        datetime | None,
        typer.Option(help="Instant du passage, pour rejouer une nuit (par défaut : l'horloge)."),
    ] = None,
    demonstration: Annotated[
        bool,
        typer.Option("--demonstration", help="Déposer d'abord les fichiers d'exemple par SFTP."),
    ] = False,
) -> None:
    """Lancer la nuit : contrôler, calculer, publier, remettre. Reprend là où elle s'était arrêtée."""
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    with _alone(maison.reglages.dossier):
        if demonstration:
            from cli.demonstration import drop_samples

            drop_samples(maison)
        instant = (maintenant or datetime.now(UTC)).astimezone(UTC)
        conf = {"maintenant": instant.isoformat()}
        if date_arrete:
            conf["date_arrete"] = date_arrete.date().isoformat()
        debut = datetime.now(UTC)
        passage = _run_dag(maison.reglages.dossier, conf)
        _report(maison, passage, (datetime.now(UTC) - debut).total_seconds())


@contextmanager
def _alone(dossier: Path) -> Iterator[None]:
    """One night at a time in a house: two would publish over each other."""
    import fcntl

    with (dossier / "nuit.verrou").open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Une nuit est déjà en cours dans ce dossier.", file=sys.stderr)
            raise typer.Exit(SORTIE_OCCUPEE) from None
        yield


def _run_dag(dossier: Path, conf: dict[str, str]) -> Any:  # noqa: ANN401 - Airflow's DagRun
    """Run the DAG in process, on Airflow's own SQLite; its talk goes to a file."""
    accueil = (dossier / "airflow").resolve()
    os.environ.update(
        AIRFLOW_HOME=str(accueil),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__UNIT_TEST_MODE="False",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{accueil / 'airflow.db'}",
        AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
        CAISSE_DOSSIER=str(dossier.resolve()),
    )
    journal = accueil / "nuit.log"
    with journal.open("a", encoding="utf-8") as sortie:
        if not (accueil / "airflow.db").exists():
            _migrate(sortie)
        with redirect_stdout(sortie):
            import dags.nuit as module
            from dags.nuit import nuit as construire  # noqa: F401 - builds the DAG

            logging.getLogger().handlers = [logging.StreamHandler(sortie)]
            return module.passage.test(run_conf=conf)


def _migrate(sortie: Any) -> None:  # noqa: ANN401 - a text file
    subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        check=True,
        stdout=sortie,
        stderr=sortie,
    )


def _report(maison: Maison, passage: Any, duree_s: float) -> None:  # noqa: ANN401
    print(passage)
