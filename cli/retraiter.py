"""`caisse retraiter`: ask that deposits be done again or withdrawn, see the effect, approve."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.francais import Application
from cli.membres import AdherentAuChoix

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage
    from pipelines.retraitement.decisions import Acteur
    from warehouse.maison import Maison
    from warehouse.retraitements import Effet

DEMANDE_REFUSEE = 2

application = Application(
    help="Retraitement de dépôts : contrôlés de nouveau ou retirés, montré, puis approuvé."
)
Auteur = Annotated[str, typer.Option(help="Qui agit (journal d'audit).")]
Motif = Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")]
Numero = Annotated[int, typer.Argument(metavar="DEMANDE", help="Numéro de la demande.")]
Sortie = Annotated[
    Path | None,
    typer.Option(metavar="FICHIER", help="Écrire l'effet : .xlsx, .html ou .json, par le nom."),
]
Jour = Annotated[
    datetime | None,
    typer.Option(
        "--date-arrete",
        formats=["%Y-%m-%d"],
        help="Date de la nuit qui est essayée (par défaut : aujourd'hui).",
    ),
]


@application.command("demander")
def demander(
    auteur: Auteur,
    motif: Motif,
    depot: Annotated[str | None, typer.Option(help="Un dépôt.")] = None,
    adherent: AdherentAuChoix = None,
    cdg: Annotated[str | None, typer.Option(help="Dépôts d'un centre de gestion.")] = None,
    salarie: Annotated[
        str | None, typer.Option(metavar="PSEUDONYME", help="Dépôts qui parlent d'un salarié.")
    ] = None,
    matricule: Annotated[
        str | None, typer.Option(help="Le salarié de ce matricule, avec --adherent.")
    ] = None,
    periode: Annotated[
        str | None,
        typer.Option(metavar="AAAA-MM|AAAA|AAAA-AA", help="Mois, année civile ou campagne."),
    ] = None,
    date_arrete: Jour = None,
    sortie: Sortie = None,
    *,
    retirer: Annotated[
        bool, typer.Option("--retirer", help="Retirer les dépôts, et non les contrôler de nouveau.")
    ] = False,
    a_blanc: Annotated[
        bool, typer.Option("--a-blanc", help="Montrer l'effet, sans rien demander.")
    ] = False,
) -> None:
    """Montrer ce qu'un retraitement changerait, puis le soumettre à une autre personne.

    Les options qui désignent les dépôts se cumulent. Rien n'est publié avant l'approbation ; la
    nuit suivante publie alors la différence.
    """
    from pipelines.retraitement.etapes import ask_retraitement, prepare_retraitement
    from pipelines.retraitement.perimetres import Perimetre, find_perimetre
    from warehouse.instants import format_instant
    from warehouse.retraitements import RECONTROLE, RETRAIT

    passage = open_passage(date_arrete)
    maison = passage.maison

    def act() -> None:
        mots = Perimetre(depot, None, cdg, salarie, matricule, periode)
        perimetre = find_perimetre(maison, adherent, mots)
        acte = RETRAIT if retirer else RECONTROLE
        prepare = prepare_retraitement(passage, perimetre, acte)
        typer.echo(f"Retraitement : {prepare.objet}")
        show(prepare.effet, prepare.objet, sortie)
        if a_blanc or prepare.effet.nul:
            typer.echo("Rien n'est demandé.")
            return
        acteur = _as_acteur(auteur, motif)
        numero = ask_retraitement(maison, prepare, acteur, format_instant(passage.maintenant))
        typer.echo(f"Demande {numero} enregistrée ; une autre personne l'approuve ou la refuse.")

    answer(act)


@application.command("liste")
def liste() -> None:
    """Demandes de retraitement, la dernière d'abord, et ce qu'elles sont devenues."""
    from warehouse.retraitements import list_demandes

    maison = _open()
    with maison.moteur.connect() as connexion:
        demandes = list_demandes(connexion)
    if not demandes:
        typer.echo("Aucune demande de retraitement.")
    for demande in reversed(demandes):
        par = f" par {demande.par}" if demande.par else ""
        typer.echo(f"{demande.numero:>5}  {demande.etat}{par}  {demande.objet}")
        typer.echo(f"       {demande.auteur}, {demande.instant} : {demande.motif}")


@application.command("montrer")
def montrer(numero: Numero, sortie: Sortie = None) -> None:
    """Montrer de nouveau l'effet d'une demande, tel qu'il a été calculé."""
    from warehouse.retraitements import find_demande, read_effet

    maison = _open()

    def act() -> None:
        with maison.moteur.connect() as connexion:
            demande = find_demande(connexion, numero)
        typer.echo(f"Demande {numero}, {demande.etat} : {demande.objet}")
        typer.echo(f"  {', '.join(demande.depots)}")
        show(read_effet(maison, demande), demande.objet, sortie)

    answer(act)


@application.command("approuver")
def approuver(numero: Numero, auteur: Auteur, motif: Motif) -> None:
    """Approuver la demande d'une autre personne : la nuit suivante en publie l'effet."""
    from pipelines.retraitement.decisions import approve

    _decide(approve, numero, auteur, motif)
    typer.echo(f"Demande {numero} approuvée ; la prochaine nuit en publie l'effet.")


@application.command("refuser")
def refuser(numero: Numero, auteur: Auteur, motif: Motif) -> None:
    """Refuser une demande, ou renoncer à la sienne : il en reste trace, rien ne change."""
    from pipelines.retraitement.decisions import refuse

    _decide(refuse, numero, auteur, motif)
    typer.echo(f"Demande {numero} refusée ; rien ne change.")


def _decide(
    decide: Callable[[Maison, int, Acteur, str], int], numero: int, auteur: str, motif: str
) -> None:
    from warehouse.instants import format_instant

    maison, instant = _open(), format_instant(datetime.now(UTC))
    answer(lambda: decide(maison, numero, _as_acteur(auteur, motif), instant))


def answer(act: Callable[[], object]) -> None:
    """Do it; what is refused is told, and the exit code says so."""
    from pipelines.retraitement.effets import RetraitementRefuse
    from pipelines.retraitement.perimetres import PerimetreVide
    from specs.periodes import PeriodeRefusee
    from warehouse.decisions import DecisionRefusee

    try:
        act()
    except DecisionRefusee as refus:
        _refuse(*refus.erreurs)
    except (RetraitementRefuse, PerimetreVide, PeriodeRefusee) as refus:
        _refuse(str(refus))


def show(effet: Effet, objet: str, sortie: Path | None) -> None:
    """Tell an effect, and write it where it is asked for."""
    from pipelines.retraitement.presentation import FORMES, describe_effet

    for ligne in describe_effet(effet):
        typer.echo(ligne)
    if sortie is None:
        return
    if sortie.suffix not in FORMES:
        _refuse(f"« {sortie.name} » : un nom en {', '.join(FORMES)} est attendu")
    try:
        sortie.write_bytes(FORMES[sortie.suffix](effet, objet))
    except OSError as erreur:
        _refuse(f"« {sortie} » ne peut pas être écrit : {erreur.strerror}")


def open_passage(jour: datetime | None) -> Passage:
    """The night that would be played now, of the date that was given, or of today in Paris."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.date_arrete import PARIS
    from pipelines.nuit.passage import Passage

    maintenant = datetime.now(UTC)
    arrete = jour.date() if jour else maintenant.astimezone(PARIS).date()
    return Passage(_open(), arrete, maintenant, METIERS)


def _as_acteur(auteur: str, motif: str) -> Acteur:
    from pipelines.retraitement.decisions import Acteur

    return Acteur(auteur, read_compte(), motif)


def read_compte() -> str:
    """The account of the machine that runs the command, whatever the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _open() -> Maison:
    from cli.listes import open_maison

    return open_maison()


def _refuse(*raisons: str) -> NoReturn:
    for raison in raisons:
        typer.echo(f"Refusé : {raison}.", err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
