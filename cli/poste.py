"""`caisse poste`: the desk of the operators, and who may come in."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from cli.francais import Application

REFUS = 1

application = Application(help="Le poste de l'exploitant.")
Nom = Annotated[str, typer.Argument(metavar="NOM", help="Nom de l'opérateur : anne, b.martin.")]
Auteur = Annotated[str, typer.Option("--auteur", help="Qui agit (journal d'audit).")]
Motif = Annotated[str, typer.Option("--motif", help="Pourquoi (journal d'audit).")]


class DroitDonne(StrEnum):
    """What an operator may do; to read goes with the others."""

    LECTURE = "lecture"
    ACTE = "acte"
    APPROBATION = "approbation"


@application.command("inviter")
def inviter(
    nom: Nom,
    droit: Annotated[
        list[DroitDonne],
        typer.Option(
            "--droit",
            metavar="DROIT",
            help="lecture : tout lire ; acte : décider et demander ; approbation : approuver ce"
            " qu'un autre demande (répétable).",
        ),
    ],
    auteur: Auteur,
    motif: Motif,
    adresse: Annotated[
        str, typer.Option("--adresse", help="Adresse du poste, pour le lien.")
    ] = "http://127.0.0.1:8082",
) -> None:
    """Donner le lien par lequel un opérateur choisit son mot de passe et son second facteur.

    Ses droits sont ceux qui sont dits ici, et eux seuls, dès maintenant. Le lien ne sert qu'une
    fois.
    """
    from specs.espace import read_regles
    from warehouse.acces.operateurs import Droit, OperateurRefuse, Signature, invite_operateur
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    droits = {Droit(dit.value) for dit in droit}
    try:
        with maison.moteur.begin() as connexion:
            jeton = invite_operateur(
                connexion,
                maison.archive.trousseau,
                nom,
                droits,
                Signature(auteur, motif),
                datetime.now(UTC),
            )
    except OperateurRefuse as refus:
        _refuse(str(refus))
    typer.echo(f"{adresse.rstrip('/')}/invitation/{jeton}")
    heures = read_regles().invitation_heures
    typer.echo(f"Ce lien sert une fois, pendant {heures} heures.", err=True)


@application.command("fermer")
def fermer(nom: Nom, auteur: Auteur, motif: Motif) -> None:
    """Retirer son accès à un opérateur : ses sessions et ses invitations tombent aussitôt."""
    from warehouse.acces.operateurs import OperateurRefuse, Signature, close_operateur
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    try:
        with open_maison(Reglages()).moteur.begin() as connexion:
            close_operateur(connexion, nom, Signature(auteur, motif), datetime.now(UTC))
    except OperateurRefuse as refus:
        _refuse(str(refus))
    typer.echo(f"{nom} : accès retiré.")


@application.command("operateurs")
def operateurs() -> None:
    """Lister les opérateurs et leurs droits."""
    from specs.typographie import format_compte, format_instant_court
    from warehouse.acces.operateurs import list_operateurs
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    with open_maison(Reglages()).moteur.connect() as connexion:
        lus = list_operateurs(connexion)
    for operateur in lus:
        droits = ", ".join(sorted(operateur.droits))
        typer.echo(f"{operateur.nom}  {droits}, depuis le {format_instant_court(operateur.depuis)}")
    typer.echo(f"{format_compte(len(lus), 'opérateur')}.", err=True)


@application.command("servir")
def servir(
    port: Annotated[int, typer.Option("--port", help="Port d'écoute.", min=1, max=65535)] = 8082,
    hote: Annotated[
        list[str] | None,
        typer.Option("--hote", help="Nom auquel le poste répond, derrière son mandataire."),
    ] = None,
) -> None:
    """Ouvrir le poste de l'exploitant, sur cette machine seulement.

    Ce que les pages demandent au moteur est fait à côté, par deux autres processus : l'un fait ce
    qui est court, l'autre calcule les effets.
    """
    from cli.service import serve
    from pipelines.poste.reponses import answer_effets, answer_vite
    from reporting.poste.application import create_poste
    from reporting.socle import HOTES
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    poste = create_poste(open_maison(Reglages()), hotes=[*HOTES, *(hote or [])])
    typer.echo(f"Poste de l'exploitant : http://{HOTES[0]}:{port}/ (Ctrl-C pour l'arrêter)")
    serve(poste, port, [answer_vite, answer_effets])


def _refuse(raison: str) -> NoReturn:
    typer.echo(f"Refusé : {raison}.", err=True)
    raise typer.Exit(REFUS)
