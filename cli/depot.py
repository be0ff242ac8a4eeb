"""Dropping files as a company does, and the SFTP server that receives them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.membres import Deposant

PORT = 2222
REFUS = 1
INUTILISABLE = 2


def deposer(
    fichiers: Annotated[
        list[Path], typer.Argument(metavar="FICHIER...", help="Fichiers à déposer.")
    ],
    adherent: Deposant,
    hote: Annotated[str, typer.Option("--hote", help="Serveur SFTP.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port du serveur.")] = PORT,
    cle: Annotated[
        Path | None,
        typer.Option("--cle", help="Clé privée. Par défaut, celle de la démonstration."),
    ] = None,
    hotes_connus: Annotated[
        Path | None,
        typer.Option(
            "--hotes-connus",
            help="Serveurs connus. Par défaut, ceux des réglages ou de la démonstration.",
        ),
    ] = None,
) -> None:
    """Déposer des fichiers par SFTP, comme le ferait une entreprise."""
    from pipelines.reception.candidats import SourceIndisponibleError
    from pipelines.reception.connexion import AdresseSftp
    from pipelines.reception.envoi import try_depots
    from pipelines.reception.regles import compute_compte, is_adherent_sur
    from pipelines.reception.serveur import compute_cle, compute_hotes_connus
    from warehouse.reglages import Reglages

    if not is_adherent_sur(adherent):
        raise typer.BadParameter("ce n'est pas un numéro d'adhérent", param_hint="--adherent")
    reglages = Reglages()
    adresse = AdresseSftp(hote, port, compute_compte(adherent))
    refuses = 0
    try:
        for envoi in try_depots(
            fichiers,
            adresse,
            cle=cle or compute_cle(reglages.dossier, adherent),
            hotes_connus=hotes_connus
            or reglages.hotes_connus
            or compute_hotes_connus(reglages.dossier),
        ):
            if envoi.refus is None:
                typer.echo(f"déposé : {envoi.fichier.name}  {envoi.empreinte}")
            else:
                refuses += 1
                typer.echo(f"{envoi.fichier.name} : non déposé, {envoi.refus}.", err=True)
    except SourceIndisponibleError as erreur:
        typer.echo(
            f"{erreur}\nServeur de démonstration : caisse serveur-sftp --demonstration", err=True
        )
        raise typer.Exit(INUTILISABLE) from erreur
    if refuses:
        raise typer.Exit(REFUS)


def serveur_sftp(
    configuration: Annotated[
        bool,
        typer.Option(
            "--configuration", help="Écrire la configuration OpenSSH d'un serveur de production."
        ),
    ] = False,
    installation: Annotated[
        bool,
        typer.Option(
            "--installation",
            help="Écrire le script qui met ce serveur en place, boîtes comprises (CAISSE_BOITES).",
        ),
    ] = False,
    demonstration: Annotated[
        bool,
        typer.Option(
            "--demonstration", help="Lancer un serveur d'essai sur cette machine (Ctrl-C l'arrête)."
        ),
    ] = False,
    port: Annotated[
        int, typer.Option("--port", help="Port d'écoute ; 0 pour un port libre.")
    ] = PORT,
) -> None:
    """Préparer le serveur SFTP des adhérents, ou en lancer un pour une démonstration."""
    if configuration + installation + demonstration != 1:
        raise typer.BadParameter("choisissez --configuration, --installation ou --demonstration")
    if configuration:
        from pipelines.reception.openssh import format_configuration

        typer.echo(format_configuration(port), nl=False)
    elif installation:
        _print_installation(port)
    else:
        _serve_demonstration(port)


def _print_installation(port: int) -> None:
    from pipelines.reception.boites import read_boites
    from pipelines.reception.openssh import format_installation
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    reglages = Reglages()
    dossier, racine = reglages.dossier.resolve(), reglages.boites and reglages.boites.resolve()
    if racine is None or racine.is_relative_to(dossier):
        raise typer.BadParameter(
            "les boîtes d'un serveur OpenSSH sont hors du dossier de la caisse : donner leur "
            "dossier par CAISSE_BOITES (par exemple /srv/caisse-sftp)"
        )
    maison = open_maison(reglages)
    with maison.moteur.begin() as connexion:
        boites = read_boites(connexion)
    typer.echo(format_installation(boites, racine, dossier, port), nl=False)


def _serve_demonstration(port: int) -> None:
    from cli.arrets import listen
    from pipelines.reception.boites import read_boites
    from pipelines.reception.serveur import serve_sftp
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    with maison.moteur.begin() as connexion:
        boites = read_boites(connexion)
    arret = listen()
    with serve_sftp(maison, port) as serveur:
        for boite in boites:
            serveur.create_cle(boite)
        typer.echo(f"Serveur d'essai sur {serveur.hote}, port {serveur.port}. Ctrl-C l'arrête.")
        typer.echo(f"{len(boites)} boîtes ; clés dans {serveur.cles}")
        typer.echo(f"caisse deposer FICHIER --adherent N --port {serveur.port}")
        arret.wait()
    typer.echo("Serveur arrêté.")
