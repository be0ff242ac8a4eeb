"""`caisse nuit`: the nightly DAG in this process, without a server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from warehouse.maison import Maison

SORTIE_ECHEC = 1
SORTIE_OCCUPEE = 3
SORTIE_RESERVES = 4


def nuit(
    date_arrete: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date d'arrêté (par défaut : aujourd'hui)."),
    ] = None,
    maintenant: Annotated[
        datetime | None,
        typer.Option(help="Instant UTC du passage, pour rejouer (par défaut : l'horloge)."),
    ] = None,
    demonstration: Annotated[
        bool,
        typer.Option("--demonstration", help="Déposer d'abord les fichiers d'exemple par SFTP."),
    ] = False,
) -> None:
    """Lancer la nuit : contrôler, calculer, publier, remettre. Une nuit coupée se reprend."""
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    instant = maintenant.replace(tzinfo=UTC) if maintenant else datetime.now(UTC)
    conf = {"maintenant": instant.isoformat()}
    if date_arrete:
        conf["date_arrete"] = date_arrete.date().isoformat()
    with _alone(maison.reglages.dossier):
        if demonstration:
            from cli.demonstration import drop_samples

            drop_samples(maison)
        debut = datetime.now(UTC)
        passage = _run_dag(maison.reglages.dossier.resolve(), conf)
        duree_s = (datetime.now(UTC) - debut).total_seconds()
        _report(maison, passage, duree_s)


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
    """Run the DAG in process on Airflow's own SQLite; what Airflow says goes to a file."""
    import dags

    accueil = dossier / "airflow"
    os.environ.update(
        AIRFLOW_HOME=str(accueil),
        AIRFLOW__CORE__DAGS_FOLDER=str(Path(dags.__path__[0])),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{accueil / 'airflow.db'}",
        AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
        CAISSE_DOSSIER=str(dossier),
    )
    with _diverted(accueil / "nuit.log"):
        # Says nothing when the schema is up to date; a killed first night may have left a part.
        subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
        from dags.nuit import passage

        return passage.test(run_conf=conf)


@contextmanager
def _diverted(chemin: Path) -> Iterator[None]:
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


def _report(maison: Maison, passage: Any, duree_s: float) -> None:  # noqa: ANN401
    """Print the summary; a failed night says where to look and exits with 1."""
    from cli.resume import (
        render_etapes,
        render_publication,
        render_reception,
        render_reserves,
    )

    print("\n".join(render_etapes(passage)))
    print(f"  {'ensemble':<24} {duree_s:8.1f} s")
    if str(passage.state) != "success":
        journal = maison.reglages.dossier / "airflow" / "nuit.log"
        print(f"La nuit a échoué : voir {journal}", file=sys.stderr)
        raise typer.Exit(SORTIE_ECHEC)
    print("\n".join(render_reception(_returned(passage, "recevoir") or {})))
    numero, essais = _published(passage)
    print("\n".join(render_publication(maison, numero, essais)))
    print(f"Fichiers remis aux entreprises : {_returned(passage, 'remettre') or 0}")
    if (_returned(passage, "publier") or {}).get("reserves"):
        print("\n".join(render_reserves(maison)))
        raise typer.Exit(SORTIE_RESERVES)


def _published(passage: Any) -> tuple[int | None, int]:  # noqa: ANN401
    resultat = _returned(passage, "publier") or {}
    return resultat.get("publication"), resultat.get("essais", 0)


def _returned(passage: Any, tache: str) -> Any:  # noqa: ANN401 - ids and counts, as JSON
    """What a task returned: ids and counts."""
    instance = passage.get_task_instance(tache)
    return instance.xcom_pull(task_ids=tache) if instance else None
