"""`caisse espace`: the space of the companies, and who may come in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.francais import Application

REFUS = 1
ETATS = {"ATTEND": "attend la nuit", "FAITE": "faite", "NON_PRISE": "refusée", "RETIREE": "retirée"}

application = Application(help="L'espace des adhérents.")


@application.command("inviter")
def inviter(
    utilisateur: Annotated[
        str,
        typer.Argument(metavar="UTILISATEUR", help="Identifiant au registre, ou boîte mandataire."),
    ],
    auteur: Annotated[str, typer.Option("--auteur", help="Qui invite.")],
    motif: Annotated[str, typer.Option("--motif", help="Pourquoi.")],
    adresse: Annotated[
        str, typer.Option("--adresse", help="Adresse de l'espace, pour le lien.")
    ] = "http://127.0.0.1:8080",
) -> None:
    """Donner le lien par lequel un utilisateur choisit son mot de passe et son second facteur.

    Le lien ne sert qu'une fois ; les accès d'avant tombent quand il sert.
    """
    from reporting.espace.droits import read_acces
    from specs.espace import read_regles
    from warehouse.acces.comptes import invite
    from warehouse.audit import record_audit
    from warehouse.instants import format_instant, paris_day
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison, maintenant = open_maison(Reglages()), datetime.now(UTC)
    instant = format_instant(maintenant)
    ouvertes = read_acces(maison, utilisateur, paris_day(instant))
    if not ouvertes:
        typer.echo(
            f"{utilisateur} : aucune entreprise ne lui est ouverte aujourd'hui. Il faut un"
            " utilisateur du registre avec un droit et une convention ANET en cours, ou une boîte"
            " qui a un mandat de dépôt.",
            err=True,
        )
        raise typer.Exit(REFUS)
    with maison.moteur.begin() as connexion:
        jeton = invite(connexion, maison.archive.trousseau, utilisateur, maintenant)
        record_audit(
            connexion,
            auteur=auteur,
            action="invitation à l'espace",
            objet=utilisateur,
            motif=motif,
            instant=instant,
        )
    typer.echo(f"{adresse.rstrip('/')}/invitation/{jeton}")
    heures = read_regles().invitation_heures
    typer.echo(f"Ce lien sert une fois, pendant {heures} heures.", err=True)


@application.command("demandes")
def demandes(
    toutes: Annotated[
        bool, typer.Option("--toutes", help="Celles qui n'attendent plus aussi.")
    ] = False,
) -> None:
    """Lister ce que les entreprises demandent : numéro, qui, quand, quoi, pourquoi, suite."""
    from specs.typographie import format_compte, format_instant_court
    from warehouse.demandes.journal import ATTEND, list_demandes
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    with open_maison(Reglages()).moteur.connect() as connexion:
        lues = list_demandes(connexion, etat=None if toutes else ATTEND)
    for d in lues:
        quand = format_instant_court(d.instant)
        typer.echo(f"{d.numero:>5}  {d.siren}  {d.utilisateur}, le {quand} : {d.acte.titre}")
        typer.echo(f"       pourquoi : {d.motif}")
        suite = d.raison or d.suite
        typer.echo(f"       {ETATS[d.etat]}{f' : {suite}' if suite else ''}")
    typer.echo(f"{format_compte(len(lues), 'demande')}.", err=True)


@application.command("refuser")
def refuser(
    numero: Annotated[int, typer.Argument(metavar="NUMÉRO", help="Demande qui attend.", min=1)],
    auteur: Annotated[str, typer.Option("--auteur", help="Qui refuse.")],
    motif: Annotated[str, typer.Option("--motif", help="Pourquoi ; l'entreprise le lit.")],
) -> None:
    """Refuser une demande avant que la nuit ne la prenne ; l'entreprise en lit la raison."""
    from warehouse.audit import record_audit
    from warehouse.demandes.journal import REFUSEE, settle_demande
    from warehouse.instants import format_instant
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    instant = format_instant(datetime.now(UTC))
    with open_maison(Reglages()).moteur.begin() as connexion:
        if not settle_demande(connexion, numero, REFUSEE, instant, raison=motif):
            typer.echo(f"Demande {numero} : aucune demande de ce numéro n'attend.", err=True)
            raise typer.Exit(REFUS)
        record_audit(
            connexion,
            auteur=auteur,
            action="refus d'une demande de l'espace",
            objet=f"demande {numero}",
            motif=motif,
            instant=instant,
        )
    typer.echo(f"Demande {numero} refusée.")


@application.command("servir")
def servir(
    port: Annotated[int, typer.Option("--port", help="Port d'écoute.", min=1, max=65535)] = 8080,
    hote: Annotated[
        list[str] | None,
        typer.Option("--hote", help="Nom auquel l'espace répond, derrière son mandataire."),
    ] = None,
) -> None:
    """Ouvrir l'espace des adhérents, sur cette machine seulement.

    Ce que les pages demandent au moteur (expliquer un montant, dessiner une liste) est répondu à
    côté, par un autre processus, qui s'arrête avec celui-ci.
    """
    from cli.service import serve
    from reporting.espace.application import create_espace
    from reporting.socle import HOTES
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    espace = create_espace(open_maison(Reglages()), hotes=[*HOTES, *(hote or [])])
    typer.echo(f"Espace des adhérents : http://{HOTES[0]}:{port}/ (Ctrl-C pour l'arrêter)")
    serve(espace, port)
