"""`caisse nuit`: the nightly DAG in this process, without a server."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
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
        passage = _run_dag(maison.reglages.dossier, conf)
        duree_s = (datetime.now(UTC) - debut).total_seconds()
        _report(maison, passage, duree_s, suite=jouee)


def _run_dag(dossier: Path, conf: dict[str, str]) -> Any:  # noqa: ANN401 - Airflow's DagRun
    """Run the DAG in process on Airflow's own SQLite; what Airflow says goes to a file."""
    from cli.airflow.environnement import compute_accueil, compute_variables, diverted, migrate_base

    os.environ.update(compute_variables(dossier))
    with diverted(compute_accueil(dossier) / "nuit.log"):
        migrate_base()
        from dags.nuit import passage

        return passage.test(run_conf=conf)


def _report(maison: Maison, passage: Any, duree_s: float, *, suite: bool) -> None:  # noqa: ANN401
    """Print the summary; a failed night says where to look and exits with 1."""
    from cli.demonstration import render_suite
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
    print(
        f"Fichiers remis aux entreprises : {(_returned(passage, 'remettre') or {}).get('remis', 0)}"
    )
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
