"""`caisse salarie`: the page of one employee, and the link and code that open it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.francais import Application
from cli.membres import AdherentAuChoix, find_siren
from reporting.demande import DemandeRefusee

if TYPE_CHECKING:
    from warehouse.maison import Maison

REFUS = 1
application = Application(help="La page d'un salarié.")


@application.command("lien")
def lien(
    auteur: Annotated[str, typer.Option("--auteur", help="Qui donne le lien.")],
    motif: Annotated[str, typer.Option("--motif", help="Pourquoi.")],
    adherent: AdherentAuChoix = None,
    matricule: Annotated[
        str | None, typer.Option("--matricule", help="Son matricule chez cet adhérent.")
    ] = None,
    salarie: Annotated[
        str | None, typer.Option("--salarie", help="Son pseudonyme, au lieu des deux.")
    ] = None,
    adresse: Annotated[
        str, typer.Option("--adresse", help="Adresse de la page, pour le lien.")
    ] = "http://127.0.0.1:8083",
) -> None:
    """Donner à un salarié le lien et le code qui ouvrent sa page.

    Le lien et le code se donnent par deux chemins différents, à lui seul : jamais à son employeur.
    Un nouveau lien ferme ceux d'avant.
    """
    from specs.salarie import read_regles
    from warehouse.acces.salaries import give_lien
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison, regles = open_maison(Reglages()), read_regles()
    try:
        sien = _find(maison, adherent, matricule, salarie)
    except DemandeRefusee as refus:
        _refuse(str(refus))
    with maison.moteur.begin() as connexion:
        donne = give_lien(connexion, sien, auteur, motif, datetime.now(UTC))
    typer.echo(f"{adresse.rstrip('/')}/lien/{donne.jeton}")
    typer.echo(f"code : {donne.code}")
    typer.echo(
        f"Le lien s'ouvre {regles.ouvertures} fois, pendant {regles.lien_heures} heures ;"
        f" {regles.essais_code} codes faux le ferment. Donner le code par un autre chemin.",
        err=True,
    )


def _find(maison: Maison, adherent: str | None, matricule: str | None, salarie: str | None) -> str:
    """The pseudonym of an employee that a company declared; DemandeRefusee when it is of nobody."""
    import polars as pl

    from reporting.lecture import scan_table

    if salarie is not None:
        designe = pl.col("salarie") == salarie
    elif adherent is not None and matricule is not None:
        siren = find_siren(maison, adherent)
        designe = (pl.col("siren") == siren) & (pl.col("matricule") == matricule)
    else:
        raise DemandeRefusee("Dire qui : --adherent et --matricule, ou --salarie.")
    lus = scan_table(maison, "salaries").filter(designe).select(pl.col("salarie").unique())
    trouves: list[str] = lus.collect()["salarie"].to_list()
    if len(trouves) != 1:
        cause = "Plusieurs salariés portent" if trouves else "Aucun salarié publié ne porte"
        raise DemandeRefusee(f"{cause} ce numéro : voir caisse salaries, et prendre --salarie.")
    return trouves[0]


def _refuse(raison: str) -> NoReturn:
    typer.echo(raison, err=True)
    raise typer.Exit(REFUS)


@application.command("servir")
def servir(
    port: Annotated[int, typer.Option("--port", help="Port d'écoute.", min=1, max=65535)] = 8083,
    hote: Annotated[
        list[str] | None,
        typer.Option("--hote", help="Nom auquel la page répond, derrière son mandataire."),
    ] = None,
) -> None:
    """Ouvrir la page des salariés, sur cette machine seulement."""
    from cli.service import serve
    from reporting.salarie.application import create_salarie
    from reporting.socle import HOTES
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    salarie = create_salarie(open_maison(Reglages()), hotes=[*HOTES, *(hote or [])])
    typer.echo(f"Page des salariés : http://{HOTES[0]}:{port}/ (Ctrl-C pour l'arrêter)")
    serve(salarie, port)
