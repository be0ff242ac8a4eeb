"""`caisse nuit`: the nightly DAG in this process, without a server."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.forcage import Auteur, Forcage, Forcer, Motif, admit
from cli.verrou import alone

if TYPE_CHECKING:
    from warehouse.maison import Maison

RECEVOIR, PUBLIER, REMETTRE, DESSINER = "recevoir", "publier", "remettre", "dessiner"
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
    with alone(maison.reglages):
        if jouee:
            from cli.demonstration import ask_demande, start_demonstration, start_lendemain

            instant = start_lendemain(maison) if lendemain else start_demonstration(maison)
        jour = admit(maison, date_arrete, instant, Forcage(forcer, auteur, motif))
        debut = datetime.now(UTC)
        conf = {"maintenant": instant.isoformat(), "date_arrete": jour.isoformat()}
        passee = _play_calme(conf) or _play(maison, conf, debut)
        if jouee:
            ask_demande(maison, jour, 22, "RECAPITULATIF")
        _report(maison, passee, suite=jouee)


@dataclass(frozen=True, slots=True)
class Passee:
    """A night that was played: what its tasks counted; `dessinee`: its documents are drawn too."""

    comptes: Mapping[str, Any]
    dessinee: bool = True

    def count(self, tache: str, nom: str) -> int:
        """A figure of a task, 0 when it says none."""
        return int((self.comptes.get(tache) or {}).get(nom) or 0)


def _play_calme(conf: dict[str, str]) -> Passee | None:
    """Play a night for which nothing was dropped, in a few seconds; None when it is for Airflow.

    Airflow takes as long to start as all that such a night does. One that fails is left to it: it
    tries again, and says what happened.
    """
    from pipelines.ordonnancement import is_calme, open_passage, run_calme

    try:
        passage = open_passage({"params": conf})
        if not is_calme(passage):
            return None
        comptes = run_calme(passage)
    except Exception:  # noqa: BLE001 - whatever it is, it comes again
        return None
    print("Aucun fichier déposé : la nuit est passée sans Airflow.")
    return Passee(comptes)


def _play(maison: Maison, conf: dict[str, str], debut: datetime) -> Passee:
    """Run both DAGs; print what each step took; a night that failed exits with 1."""
    from cli.resume import render_etapes

    dossier = maison.reglages.dossier
    passage = _run_dag(dossier, "nuit", conf)
    duree_s = (datetime.now(UTC) - debut).total_seconds()
    print("\n".join(render_etapes(passage)))
    print(f"  {'ensemble':<24} {duree_s:8.1f} s")
    if not _is_reussi(passage):
        _warn(dossier, "La nuit a échoué")
        raise typer.Exit(SORTIE_ECHEC)
    dessins = _run_dag(dossier, "editique", conf)
    comptes = {tache: _returned(passage, tache) for tache in (RECEVOIR, PUBLIER, REMETTRE)}
    return Passee(comptes | {DESSINER: _returned(dessins, REMETTRE)}, _is_reussi(dessins))


def _run_dag(dossier: Path, nom: str, conf: dict[str, str]) -> Any:  # noqa: ANN401 - a DagRun
    """Run a DAG in process on Airflow's own SQLite; what Airflow says goes to a file."""
    from cli.airflow.environnement import compute_accueil, compute_variables, diverted, migrate_base

    os.environ.update(compute_variables(dossier))
    with diverted(compute_accueil(dossier) / "nuit.log"):
        migrate_base()
        return import_module(f"dags.{nom}").passage.test(run_conf=conf)


def _is_reussi(passage: Any) -> bool:  # noqa: ANN401 - a DagRun
    return str(passage.state) == "success"


def _warn(dossier: Path, echec: str) -> None:
    print(f"{echec} : voir {dossier / 'airflow' / 'nuit.log'}", file=sys.stderr)


def _report(maison: Maison, passee: Passee, *, suite: bool) -> None:
    """Print the summary of a night and of its documents."""
    from cli.demonstration import render_suite
    from cli.resume import render_publication, render_reception, render_reserves

    print("\n".join(render_reception(passee.comptes.get(RECEVOIR) or {})))
    numero = passee.count(PUBLIER, "publication") or None
    print("\n".join(render_publication(maison, numero, passee.count(PUBLIER, "essais"))))
    remis = [passee.count(tache, "remis") for tache in (REMETTRE, DESSINER)]
    print(f"Fichiers remis aux entreprises : {sum(remis)}, dont {remis[1]} une fois dessinés")
    if not passee.dessinee:
        _warn(maison.reglages.dossier, "Des documents n'ont pas pu être dessinés ou remis")
        raise typer.Exit(SORTIE_ECHEC)
    if suite:
        print("\n".join(render_suite(maison)))
    if passee.count(PUBLIER, "reserves"):
        print("\n".join(render_reserves(maison)))
        raise typer.Exit(SORTIE_RESERVES)


def _returned(passage: Any, tache: str) -> Any:  # noqa: ANN401 - ids and counts, as JSON
    """What a task returned: ids and counts."""
    instance = passage.get_task_instance(tache)
    return instance.xcom_pull(task_ids=tache) if instance else None
