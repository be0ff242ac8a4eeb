"""`caisse airflow`: Airflow's scheduler on this home, prepared, started, asked for a run."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.arrets import Arret, listen
from cli.forcage import Auteur, Forcage, Forcer, Motif, admit, refuse
from cli.francais import Application

if TYPE_CHECKING:
    from cli.airflow.api import Api, Passage
    from warehouse.maison import Maison
    from warehouse.reglages import Reglages

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
    from cli.verrou import scheduling

    arret = listen()
    maison = _open_maison()
    _compute_variables(maison.reglages)
    with scheduling(maison.reglages) as verrou:
        _check_port(maison.reglages)
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
    from cli.airflow.environnement import compute_mots_de_passe
    from cli.airflow.services import COMPOSANTS
    from cli.verrou import scheduling
    from warehouse.reglages import Reglages

    reglages = Reglages()
    open_mot_de_passe(compute_mots_de_passe(reglages.dossier))
    variables, mots = _compute_variables(reglages), [nom, *COMPOSANTS[nom]]
    if nom is not Composant.SCHEDULER:
        _become(mots, variables)
    with scheduling(reglages) as verrou:
        os.set_inheritable(verrou, True)
        _become(mots, variables)


@application.command()
def ouvrier(
    nom: Annotated[
        str, typer.Option(metavar="NOM", help="Son nom, s'il y en a plusieurs sur la machine.")
    ] = "ouvrier",
) -> None:
    """Lancer un ouvrier d'une grappe sur cette machine (CAISSE_EXECUTEUR=CELERY, CAISSE_COURTIER).

    Il joue des tâches d'Airflow, autant à la fois que la machine a de cœurs
    (AIRFLOW__CELERY__WORKER_CONCURRENCY). Ctrl-C l'arrête une fois ses tâches finies. Il est refusé
    (3) pendant caisse nuit, qui l'est tant qu'il est là.
    """
    from cli.airflow.executeur import compute_ouvrier
    from cli.verrou import working
    from warehouse.reglages import Executeur, Reglages

    reglages = Reglages()
    if reglages.executeur is not Executeur.CELERY:
        _fail("un ouvrier est celui d'une grappe : régler CAISSE_EXECUTEUR=CELERY")
    variables = _compute_variables(reglages)
    with working(reglages) as verrou:
        os.set_inheritable(verrou, True)
        _become(compute_ouvrier(nom), variables)


def _compute_variables(reglages: Reglages) -> dict[str, str]:
    """What components read; leaves with 1 when the executor cannot be the one of the settings."""
    from cli.airflow.environnement import compute_variables_services
    from cli.airflow.executeur import ExecuteurRefuse

    try:
        return compute_variables_services(reglages)
    except ExecuteurRefuse as refus:
        _fail(str(refus))


def _become(mots: Sequence[str], variables: Mapping[str, str]) -> NoReturn:
    """This process becomes a command of Airflow: signals of the supervisor go to it."""
    commande = [sys.executable, "-m", "airflow", *mots]
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
    adresse = compute_adresse(maison.reglages)
    try:
        with open_api(adresse, compute_mots_de_passe(maison.reglages.dossier)) as api:
            passage = api.wait_for(api.trigger(dag.value, conf), attendre)
            _report(maison, api, passage, attendre)
    except ApiRefusee as refus:
        _fail(str(refus))


def _prepare(maison: Maison, arret: Arret | None = None) -> dict[str, int]:
    """Prepare Airflow on this home; what it says goes to a file."""
    from cli.airflow.environnement import compute_accueil, diverted

    journal = compute_accueil(maison.reglages.dossier) / "preparation.log"
    os.environ.update(_compute_variables(maison.reglages))
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
    from cli.airflow.environnement import compute_accueil
    from cli.airflow.services import FIN_DES_ETAPES_S, ComposantArrete, run_services

    variables = _compute_variables(maison.reglages)
    accueil = compute_accueil(maison.reglages.dossier)
    try:
        with run_services(variables, accueil, [verrou], arret.is_set) as services:
            if not arret.is_set():
                _welcome(maison.reglages)
            while not arret.wait(1):
                services.check()
            typer.echo(f"Arrêt : les étapes en cours ont {FIN_DES_ETAPES_S} s pour finir.")
    except ComposantArrete as panne:
        _fail(str(panne))


def _welcome(reglages: Reglages) -> None:
    from cli.airflow.api import UTILISATEUR, open_mot_de_passe
    from cli.airflow.environnement import compute_accueil, compute_adresse, compute_mots_de_passe

    mot_de_passe = open_mot_de_passe(compute_mots_de_passe(reglages.dossier))
    typer.echo(f"Airflow : {compute_adresse(reglages)} (Ctrl-C l'arrête)")
    typer.echo(f"Identifiant : {UTILISATEUR}, mot de passe : {mot_de_passe}")
    typer.echo("Une nuit tout de suite : caisse airflow declencher nuit")
    typer.echo(f"Journaux : {compute_accueil(reglages.dossier)}")


def _check_port(reglages: Reglages) -> None:
    from cli.airflow.services import check_port

    try:
        check_port(reglages.hote_airflow, reglages.port_airflow)
    except OSError as erreur:
        if erreur.errno != errno.EADDRINUSE:
            _fail(f"CAISSE_HOTE_AIRFLOW : {reglages.hote_airflow} n'est pas de cette machine")
        _fail(
            f"le port {reglages.port_airflow} est pris : en choisir un autre par"
            " CAISSE_PORT_AIRFLOW"
        )


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
