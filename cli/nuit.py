"""`caisse nuit`: the nightly DAG in this process, without a server."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.forcage import Auteur, Forcage, Forcer, Motif, admit
from cli.verrou import alone

if TYPE_CHECKING:
    from warehouse.maison import Maison

SORTIE_ECHEC = 1
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
        typer.Option("--demonstration", help="Jouer la caisse de démonstration jusqu'à sa nuit."),
    ] = False,
    lendemain: Annotated[
        bool,
        typer.Option("--lendemain", help="Jouer la nuit suivante de la démonstration."),
    ] = False,
    forcer: Forcer = False,
    auteur: Auteur = None,
    motif: Motif = None,
) -> None:
    """Lancer la nuit : contrôler, calculer, publier, remettre. Une nuit coupée se reprend."""
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    jouee = demonstration or lendemain
    if (demonstration and lendemain) or (jouee and (date_arrete or maintenant)):
        raise typer.BadParameter("--demonstration ou --lendemain, sans date")
    maison = open_maison(Reglages())
    instant = maintenant.replace(tzinfo=UTC) if maintenant else datetime.now(UTC)
    with alone(maison.reglages.dossier):
        if jouee:
            from cli.demonstration import start_demonstration, start_lendemain

            instant = start_lendemain(maison) if lendemain else start_demonstration(maison)
        jour = admit(maison, date_arrete, instant, Forcage(forcer, auteur, motif))
        debut = datetime.now(UTC)
        conf = {"maintenant": instant.isoformat(), "date_arrete": jour.isoformat()}
        passage = _run_dag(maison.reglages.dossier, "nuit", conf)
        duree_s = (datetime.now(UTC) - debut).total_seconds()
        _report_nuit(maison, passage, duree_s)
        dessins = _run_dag(maison.reglages.dossier, "editique", conf)
        _report(maison, passage, dessins, suite=jouee)


def _run_dag(dossier: Path, nom: str, conf: dict[str, str]) -> Any:  # noqa: ANN401 - a DagRun
    """Run a DAG in process on Airflow's own SQLite; what Airflow says goes to a file."""
    from cli.airflow.environnement import compute_accueil, compute_variables, diverted, migrate_base

    os.environ.update(compute_variables(dossier))
    with diverted(compute_accueil(dossier) / "nuit.log"):
        migrate_base()
        return import_module(f"dags.{nom}").passage.test(run_conf=conf)


def _report_nuit(maison: Maison, passage: Any, duree_s: float) -> None:  # noqa: ANN401 - a DagRun
    """Print what each step took; a failed night says where to look and exits with 1."""
    from cli.resume import render_etapes

    print("\n".join(render_etapes(passage)))
    print(f"  {'ensemble':<24} {duree_s:8.1f} s")
    _check(maison, passage, "La nuit a échoué")


def _check(maison: Maison, passage: Any, echec: str) -> None:  # noqa: ANN401 - a DagRun
    if str(passage.state) != "success":
        journal = maison.reglages.dossier / "airflow" / "nuit.log"
        print(f"{echec} : voir {journal}", file=sys.stderr)
        raise typer.Exit(SORTIE_ECHEC)


def _report(maison: Maison, passage: Any, dessins: Any, *, suite: bool) -> None:  # noqa: ANN401
    """Print the summary of a night and of its documents."""
    from cli.demonstration import render_suite
    from cli.resume import render_publication, render_reception, render_reserves

    print("\n".join(render_reception(_returned(passage, "recevoir") or {})))
    numero, essais = _published(passage)
    print("\n".join(render_publication(maison, numero, essais)))
    remis = [(_returned(p, "remettre") or {}).get("remis", 0) for p in (passage, dessins)]
    print(f"Fichiers remis aux entreprises : {sum(remis)}, dont {remis[1]} une fois dessinés")
    _check(maison, dessins, "Des documents n'ont pas pu être dessinés ou remis")
    if suite:
        print("\n".join(render_suite(maison)))
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
