"""`caisse api`: the machines' door, and the tokens that open it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.francais import Application
from cli.membres import AdherentAuChoix, find_siren

if TYPE_CHECKING:
    from warehouse.acces.jetons import Demande
    from warehouse.maison import Maison

REFUS = 1
Auteur = Annotated[str, typer.Option("--auteur", help="Qui le décide.")]
Motif = Annotated[str, typer.Option("--motif", help="Pourquoi.")]

application = Application(help="L'API : lire et déposer par un logiciel.")
jetons = Application(help="Jetons de l'API.")
application.add_typer(jetons, name="jeton")


@application.command("servir")
def servir(
    port: Annotated[int, typer.Option("--port", help="Port d'écoute.", min=1, max=65535)] = 8085,
    hote: Annotated[
        list[str] | None,
        typer.Option("--hote", help="Nom auquel l'API répond, derrière son mandataire."),
    ] = None,
) -> None:
    """Ouvrir l'API, sur cette machine seulement.

    Ce qu'elle demande au moteur (expliquer un montant, contrôler un fichier) est répondu à côté,
    par un autre processus, qui s'arrête avec celui-ci.
    """
    from cli.service import serve
    from reporting.api.application import create_api
    from reporting.socle import HOTES
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    api = create_api(open_maison(Reglages()), hotes=[*HOTES, *(hote or [])])
    adresse = f"http://{HOTES[0]}:{port}/v1"
    typer.echo(f"API : {adresse} ; son document : {adresse}/openapi.json (Ctrl-C pour l'arrêter)")
    serve(api, port)


@jetons.command("creer")
def creer(
    utilisateur: Annotated[
        str,
        typer.Argument(metavar="UTILISATEUR", help="Identifiant au registre, ou boîte mandataire."),
    ],
    portee: Annotated[
        list[str],
        typer.Option(
            "--portee",
            metavar="PORTÉE",
            help="Ce que le jeton peut faire : lecture, lecture:SERVICE, depot ; répétable.",
        ),
    ],
    usage: Annotated[str, typer.Option("--usage", help="Le logiciel qui s'en sert.")],
    auteur: Auteur,
    motif: Motif,
    adherent: AdherentAuChoix = None,
    jours: Annotated[int, typer.Option("--jours", help="Combien de jours il vit.", min=1)] = 90,
) -> None:
    """Donner un jeton à un logiciel : un utilisateur du registre, réduit à des portées.

    Avec --adherent, il n'ouvre que cette entreprise, de celles que l'utilisateur lit. Il n'est
    montré qu'une fois. Un droit retiré de l'utilisateur l'est aussi du jeton.
    """
    from reporting.demande import DemandeRefusee
    from specs.typographie import format_compte
    from warehouse.acces.jetons import Demande, create_jeton
    from warehouse.audit import record_audit
    from warehouse.instants import format_instant
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison, maintenant = open_maison(Reglages()), datetime.now(UTC)
    try:
        siren = find_siren(maison, adherent) if adherent else None
    except DemandeRefusee as refus:
        raise typer.BadParameter(str(refus), param_hint="--adherent") from None
    demande = Demande(utilisateur, siren, tuple(dict.fromkeys(portee)), usage)
    _check(maison, demande, jours, maintenant)
    with maison.moteur.begin() as connexion:
        numero, jeton = create_jeton(connexion, demande, jours, maintenant)
        record_audit(
            connexion,
            auteur=auteur,
            action="jeton de l'API",
            objet=f"jeton {numero}, {utilisateur} : {' '.join(demande.portees)}",
            motif=motif,
            instant=format_instant(maintenant),
        )
    typer.echo(jeton)
    duree = format_compte(jours, "jour")
    typer.echo(f"Jeton {numero}, pour {duree}. Il n'est montré que cette fois.", err=True)


@jetons.command("liste")
def liste() -> None:
    """Lister les jetons : numéro, utilisateur, portées, usage, terme, dernier appel."""
    from specs.typographie import format_compte, format_instant_court
    from warehouse.acces.jetons import list_jetons
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maintenant = datetime.now(UTC)
    with open_maison(Reglages()).moteur.connect() as connexion:
        lus = list_jetons(connexion)
    for jeton in lus:
        siren = f", SIREN {jeton.siren}" if jeton.siren else ""
        typer.echo(f"{jeton.numero:>5}  {jeton.utilisateur}{siren} : {' '.join(jeton.portees)}")
        typer.echo(f"       {jeton.usage}")
        if jeton.retire_le:
            terme = f"retiré le {format_instant_court(jeton.retire_le)}"
        else:
            mot = "jusqu'au" if jeton.is_alive(maintenant) else "terminé le"
            terme = f"{mot} {format_instant_court(jeton.expire_le)}"
        vu = format_instant_court(jeton.vu_le) if jeton.vu_le else "aucun"
        typer.echo(f"       {terme} ; dernier appel : {vu}")
    typer.echo(f"{format_compte(len(lus), 'jeton')}.", err=True)


@jetons.command("retirer")
def retirer(
    numero: Annotated[int, typer.Argument(metavar="NUMÉRO", help="Jeton à retirer.", min=1)],
    auteur: Auteur,
    motif: Motif,
) -> None:
    """Retirer un jeton : il n'ouvre plus rien, aussitôt."""
    from warehouse.acces.jetons import withdraw_jeton
    from warehouse.audit import record_audit
    from warehouse.instants import format_instant
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maintenant = datetime.now(UTC)
    with open_maison(Reglages()).moteur.begin() as connexion:
        if not withdraw_jeton(connexion, numero, maintenant):
            typer.echo(f"Jeton {numero} : aucun jeton de ce numéro à retirer.", err=True)
            raise typer.Exit(REFUS)
        record_audit(
            connexion,
            auteur=auteur,
            action="retrait d'un jeton de l'API",
            objet=f"jeton {numero}",
            motif=motif,
            instant=format_instant(maintenant),
        )
    typer.echo(f"Jeton {numero} retiré.")


def _check(maison: Maison, demande: Demande, jours: int, maintenant: datetime) -> None:
    """Refuse scopes that do not exist, a life too long, a user who reads nothing today."""
    from reporting.espace.droits import read_acces
    from specs.espace import read_regles
    from specs.espace.portees import read_portees
    from warehouse.instants import format_instant, paris_day

    connues, maximum = read_portees(), read_regles().jeton_jours
    for portee in demande.portees:
        if portee not in connues:
            dites = ", ".join(connues)
            raise typer.BadParameter(f"{portee} : portées possibles : {dites}", param_hint="PORTÉE")
    if jours > maximum:
        raise typer.BadParameter(f"{maximum} jours au plus", param_hint="--jours")
    ouvertes = read_acces(maison, demande.utilisateur, paris_day(format_instant(maintenant)))
    if not ouvertes or demande.siren not in {None, *ouvertes}:
        lieu = f" sur l'entreprise {demande.siren}" if demande.siren else ""
        typer.echo(
            f"{demande.utilisateur} : aucun droit aujourd'hui{lieu}. Il faut un"
            " utilisateur du registre avec un droit et une convention ANET en cours, ou une boîte"
            " qui a un mandat de dépôt.",
            err=True,
        )
        raise typer.Exit(REFUS)
