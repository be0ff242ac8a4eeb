"""`caisse airflow`: Airflow's scheduler on this home, prepared, started, asked for a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.arrets import Arret, listen
from cli.forcage import Auteur, Forcage, Forcer, Motif, admit, refuse
from cli.francais import Application

if TYPE_CHECKING:
    from cli.airflow.api import Api, Passage
    from warehouse.maison import Maison

SORTIE_ECHEC = 1
UNE_HEURE_S = 3600

application = Application(help="L'ordonnanceur Airflow sur le dossier de la caisse.")


class Dag(StrEnum):
    """The DAGs that an operator may start."""

    NUIT = "nuit"
    RECEPTION = "reception"
    EDITIQUE = "editique"


class Composant(StrEnum):
    """The parts of Airflow, by the names of its own commands."""

    API_SERVER = "api-server"
    SCHEDULER = "scheduler"
    DAG_PROCESSOR = "dag-processor"
    TRIGGERER = "triggerer"


@application.command()
def preparer() -> None:
    """Préparer Airflow : sa base, nos DAG, les pools qu'ils nomment. Sans effet la seconde fois."""
    maison = _open_maison()
    places = _prepare(maison)
    typer.echo("Airflow est prêt ; places par pool :")
    for pool, nombre in places.items():
        typer.echo(f"  {pool:<24} {nombre:6}")


@application.command()
def lancer() -> None:
    """Lancer Airflow sur cette machine, jusqu'à Ctrl-C (port : CAISSE_PORT_AIRFLOW, ou 8081)."""
    from cli.airflow.api import open_mot_de_passe
    from cli.airflow.environnement import compute_mots_de_passe
    from cli.verrou import alone

    arret = listen()
    maison = _open_maison()
    with alone(maison.reglages.dossier) as verrou:
        _check_port(maison.reglages.port_airflow)
        open_mot_de_passe(compute_mots_de_passe(maison.reglages.dossier))
        typer.echo("Airflow se prépare.")
        _prepare(maison, arret)
        _serve(maison, verrou, arret)
    typer.echo("Airflow est arrêté.")


@application.command()
def composant(
    nom: Annotated[Composant, typer.Argument(help="Le composant d'Airflow à lancer.")],
) -> None:
    """Lancer un seul composant d'Airflow, pour systemd ou un autre superviseur (exploitation/).

    `caisse airflow preparer` d'abord. Le scheduler tient le dossier : un second est refusé (3),
    comme caisse nuit.
    """
    from cli.airflow.api import open_mot_de_passe
    from cli.airflow.environnement import compute_mots_de_passe, compute_variables_services
    from cli.verrou import alone
    from warehouse.reglages import Reglages

    reglages = Reglages()
    open_mot_de_passe(compute_mots_de_passe(reglages.dossier))
    variables = compute_variables_services(reglages.dossier, reglages.port_airflow)
    if nom is not Composant.SCHEDULER:
        _become(nom, variables)
    with alone(reglages.dossier) as verrou:
        os.set_inheritable(verrou, True)
        _become(nom, variables)


def _become(nom: Composant, variables: Mapping[str, str]) -> NoReturn:
    """This process becomes the component: signals of the supervisor go to it."""
    from cli.airflow.services import COMPOSANTS

    commande = [sys.executable, "-m", "airflow", nom, *COMPOSANTS[nom]]
    os.execve(sys.executable, commande, {**os.environ, **variables})  # noqa: S606 - our own interpreter


@application.command()
def declencher(
    dag: Annotated[Dag, typer.Argument(help="Ce qui est à lancer.")],
    date_arrete: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date d'arrêté (par défaut : aujourd'hui)."),
    ] = None,
    attendre: Annotated[
        int, typer.Option(metavar="SECONDES", min=1, help="Attente de la fin.")
    ] = UNE_HEURE_S,
    forcer: Forcer = False,
    auteur: Auteur = None,
    motif: Motif = None,
) -> None:
    """Lancer une nuit ou une réception par Airflow et en attendre la fin ; 0 si elle a réussi."""
    from cli.airflow.api import ApiRefusee, open_api
    from cli.airflow.environnement import compute_adresse, compute_mots_de_passe

    if (date_arrete or forcer or auteur or motif) and dag is not Dag.NUIT:
        refuse("une date d'arrêté, forcée ou non, ne vaut que pour la nuit")
    maison, conf = _open_maison(), {}
    if dag is Dag.NUIT:
        jour = admit(maison, date_arrete, datetime.now(UTC), Forcage(forcer, auteur, motif))
        conf["date_arrete"] = jour.isoformat()
    adresse = compute_adresse(maison.reglages.port_airflow)
    try:
        with open_api(adresse, compute_mots_de_passe(maison.reglages.dossier)) as api:
            passage = api.wait_for(api.trigger(dag.value, conf), attendre)
            _report(maison, api, passage, attendre)
    except ApiRefusee as refus:
        _fail(str(refus))


def _prepare(maison: Maison, arret: Arret | None = None) -> dict[str, int]:
    """Prepare Airflow on this home; what it says goes to a file."""
    from cli.airflow.environnement import compute_accueil, compute_variables_services, diverted

    reglages = maison.reglages
    journal = compute_accueil(reglages.dossier) / "preparation.log"
    os.environ.update(compute_variables_services(reglages.dossier, reglages.port_airflow))
    try:
        with diverted(journal):
            from cli.airflow.preparation import prepare

            return prepare()
    except (subprocess.CalledProcessError, ImportError, RuntimeError) as erreur:
        if arret and arret.is_set():  # Ctrl-C stops what prepares too
            raise typer.Exit from erreur
        _fail(f"Airflow ne peut pas être préparé : voir {journal}")


def _serve(maison: Maison, verrou: int, arret: Arret) -> None:
    """Run the components until a stop is asked for, or until one of them ends."""
    from cli.airflow.environnement import compute_accueil, compute_variables_services
    from cli.airflow.services import FIN_DES_ETAPES_S, ComposantArrete, run_services

    dossier, port = maison.reglages.dossier, maison.reglages.port_airflow
    variables = compute_variables_services(dossier, port)
    try:
        with run_services(variables, compute_accueil(dossier), [verrou], arret.is_set) as services:
            if not arret.is_set():
                _welcome(dossier, port)
            while not arret.wait(1):
                services.check()
            typer.echo(f"Arrêt : les étapes en cours ont {FIN_DES_ETAPES_S} s pour finir.")
    except ComposantArrete as panne:
        _fail(str(panne))


def _welcome(dossier: Path, port: int) -> None:
    from cli.airflow.api import UTILISATEUR, open_mot_de_passe
    from cli.airflow.environnement import compute_accueil, compute_adresse, compute_mots_de_passe

    mot_de_passe = open_mot_de_passe(compute_mots_de_passe(dossier))
    typer.echo(f"Airflow : {compute_adresse(port)} (Ctrl-C l'arrête)")
    typer.echo(f"Identifiant : {UTILISATEUR}, mot de passe : {mot_de_passe}")
    typer.echo("Une nuit tout de suite : caisse airflow declencher nuit")
    typer.echo(f"Journaux : {compute_accueil(dossier)}")


def _check_port(port: int) -> None:
    from cli.airflow.services import check_port

    try:
        check_port(port)
    except OSError:
        _fail(f"le port {port} est pris : en choisir un autre par CAISSE_PORT_AIRFLOW")


def _report(maison: Maison, api: Api, passage: Passage, attente_s: int) -> None:
    """Say how a run ended; one that failed, or has not ended, leaves with 1."""
    from cli.resume import render_publication, render_reception, render_reserves, title_of

    if passage.etat == "failed":
        echecs = [title_of(tache) for tache in api.read_echecs(passage)]
        _fail(
            f"{passage.dag} : échec ({', '.join(echecs)}) ; voir {passage.identifiant} dans Airflow"
        )
    if passage.etat != "success":
        _fail(f"{passage.dag} : pas fini en {attente_s} s, il continue ({passage.identifiant})")
    typer.echo("\n".join(render_reception(api.read_resultat(passage, "recevoir") or {})))
    if passage.dag == Dag.NUIT:
        publie = api.read_resultat(passage, "publier") or {}
        suite = render_publication(maison, publie.get("publication"), publie.get("essais", 0))
        typer.echo("\n".join(suite))
        if publie.get("reserves"):
            typer.echo("\n".join(render_reserves(maison)))


def _open_maison() -> Maison:
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    return open_maison(Reglages())


def _fail(raison: str) -> NoReturn:
    typer.echo(f"{raison[0].upper()}{raison[1:]}.", err=True)
    raise typer.Exit(SORTIE_ECHEC)
