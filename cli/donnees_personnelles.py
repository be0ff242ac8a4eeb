"""`caisse donnees-personnelles`: what is held of one person, for who asks for it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.francais import Application
from pipelines.donnees_personnelles import Demande

if TYPE_CHECKING:
    from warehouse.maison import Maison

DEMANDE_REFUSEE = 2
PSEUDONYME = 12  # characters of it in a name of file
Auteur = Annotated[str, typer.Option(help="Qui consulte (journal d'audit).")]
Motif = Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")]

application = Application(help="Données personnelles : ce qui est détenu d'une personne.")


@application.callback()
def group() -> None:
    """Données personnelles : ce qui est détenu d'une personne."""


@application.command("exporter")
def exporter(
    par: Annotated[Demande, typer.Option(help="Ce qui est lu : un NIR, un matricule…")],
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire les deux fichiers.")],
    auteur: Auteur,
    motif: Motif,
) -> None:
    """Écrire tout ce qui est détenu d'une personne : JSON, et texte à lire.

    Le numéro se donne sur l'entrée standard, jamais en argument : « NIR », ou « SIREN MATRICULE ».
    La consultation est au journal d'audit. Code de retour : 0 écrit, 2 inconnu ou refusé.
    """
    from pipelines.donnees_personnelles.recherche import PersonneInconnue, find_personne
    from pipelines.donnees_personnelles.releve import compose_releve, format_json, format_texte
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    try:
        personne = find_personne(maison, par, sys.stdin.readline())
    except PersonneInconnue as refus:
        _refuse(f"{refus}.")
    open_acces(maison, auteur, motif, f"salarié {personne.salarie}")
    releve = compose_releve(maison, personne, datetime.now(UTC).date())
    nom = f"DONNEES_PERSONNELLES_{personne.salarie[:PSEUDONYME]}"
    for fichier, octets in (
        (f"{nom}.json", format_json(releve)),
        (f"{nom}.txt", format_texte(releve)),
    ):
        write_prive(sortie / fichier, octets)
        print(sortie / fichier)


def open_acces(maison: Maison, auteur: str, motif: str, objet: str) -> None:
    """Journal that somebody opens personal data; leave when nobody or no reason is given."""
    from warehouse.consultations import record_consultation
    from warehouse.instants import format_instant

    instant = format_instant(datetime.now(UTC))
    try:
        record_consultation(maison.moteur, auteur=auteur, motif=motif, objet=objet, instant=instant)
    except ValueError as refus:
        _refuse(f"{refus} : --auteur, --motif.")


def write_prive(sortie: Path, octets: bytes) -> None:
    """Write a file that its owner alone may read, were it there before."""
    try:
        sortie.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descripteur = os.open(sortie, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descripteur, "wb") as fichier:
            os.fchmod(descripteur, 0o600)
            fichier.write(octets)
    except OSError:
        _refuse(f"Impossible d'écrire « {sortie} » : vérifier son dossier et ses droits.")


def _refuse(raison: str) -> NoReturn:
    typer.echo(f"{raison[0].upper()}{raison[1:]}", err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
