"""`caisse attestation`: ask for a certificate for public contracts, check one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.francais import Application
from cli.membres import Adherent, find_siren
from reporting.demande import DemandeRefusee, parse_jour

if TYPE_CHECKING:
    from specs.api_entreprise import Reponse
    from warehouse.maison import Maison

NON_VALIDE, DEMANDE_REFUSEE = 1, 2

application = Application(help="Attestations pour les marchés publics : demander, vérifier.")
Jour = Annotated[
    str | None,
    typer.Option("--date", metavar="AAAA-MM-JJ", help="Jour considéré (par défaut : aujourd'hui)."),
]


@application.callback()
def attestation() -> None:
    """Attestations pour les marchés publics : demander, vérifier."""


@application.command("verifier")
def verifier(
    numero: Annotated[str, typer.Argument(metavar="NUMERO", help="Numéro de l'attestation.")],
    jour: Jour = None,
) -> None:
    """Vérifier un numéro, en JSON ; code 0 si l'attestation est valide, 1 sinon."""
    from reporting.attestations import read_statut

    _answer(jour, lambda maison, lu: read_statut(maison, numero, lu))


@application.command("statut")
def statut(
    adherent: Adherent,
    jour: Jour = None,
) -> None:
    """Dernière attestation et situation d'une entreprise, en JSON ; mêmes codes de retour."""
    from reporting.attestations import read_statut_siren

    _answer(jour, lambda maison, lu: read_statut_siren(maison, find_siren(maison, adherent), lu))


@application.command("demander")
def demander(
    adherent: Adherent,
    auteur: Annotated[str, typer.Option(help="Qui enregistre la demande (journal d'audit).")],
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")],
    jour: Jour = None,
) -> None:
    """Enregistrer une demande : la nuit suivante la délivre si l'entreprise est en règle."""
    from datetime import UTC, datetime

    from pipelines.attestations.decisions import DEMANDE
    from warehouse.decisions import DecisionRefusee, record_decision
    from warehouse.instants import format_instant

    maison = _open_maison()
    try:
        date_effet = parse_jour(jour)
        siren = find_siren(maison, adherent)
        with maison.moteur.begin() as connexion:
            numero = record_decision(
                connexion,
                nature=DEMANDE,
                siren=siren,
                date_effet=date_effet,
                auteur=auteur,
                motif=motif,
                instant=format_instant(datetime.now(UTC)),
            )
    except (DemandeRefusee, DecisionRefusee) as refus:
        typer.echo(str(refus), err=True)
        raise typer.Exit(DEMANDE_REFUSEE) from None
    typer.echo(f"Demande n° {numero} enregistrée pour l'adhérent {adherent} (SIREN {siren}).")


def _answer(jour: str | None, read: Callable[[Maison, date], Reponse]) -> None:
    """Print the answer; the exit code says whether a valid certificate was found."""
    from reporting.attestations import is_valid
    from specs.api_entreprise import render_json

    try:
        reponse = read(_open_maison(), parse_jour(jour))
    except DemandeRefusee as refus:
        typer.echo(str(refus), err=True)
        raise typer.Exit(DEMANDE_REFUSEE) from None
    typer.echo(render_json(reponse), nl=False)
    if not is_valid(reponse):
        raise typer.Exit(NON_VALIDE)


def _open_maison() -> Maison:
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    return open_maison(Reglages())
