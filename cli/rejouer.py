"""`caisse rejouer`: a past publication made again from what was received and decided, compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from specs.typographie import format_compte

if TYPE_CHECKING:
    from pipelines.rejeu.comparaison import Bilan
    from warehouse.maison import Maison

ECARTS = 1
DEMANDE_REFUSEE = 2
ECARTS_MONTRES = 50


def rejouer(
    sortie: Annotated[Path, typer.Option(help="Dossier vide où refaire la caisse.")],
    publication: Annotated[
        int | None, typer.Argument(help="Publication à rejouer (par défaut : la dernière).")
    ] = None,
    au: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Ce qui était publié ce jour-là."),
    ] = None,
    depuis_zero: Annotated[
        bool,
        typer.Option(
            "--depuis-zero", help="Chaque nuit sans rien de ce que les précédentes ont retenu."
        ),
    ] = False,
) -> None:
    """Refaire une publication depuis les fichiers reçus, le registre et les décisions, et comparer.

    Tout est rejoué dans un dossier à part, chaque nuit avec le moteur de son temps, puis comparé
    table à table et fichier à fichier. La caisse n'est pas touchée.
    """
    from pipelines.rejeu.comparaison import compare
    from pipelines.rejeu.jeu import RejeuImpossible
    from pipelines.rejeu.moteurs import replay
    from warehouse.faits import FaitsManquants, read_faits
    from warehouse.maison import open_maison
    from warehouse.publications import read_arretes
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    numero = _find(maison, publication, au)
    print(f"Publication {numero} : rejouée dans « {sortie} ».")
    try:
        with maison.moteur.connect() as connexion:
            faits = read_faits(connexion, numero)
        cible = replay(faits, maison, sortie, depuis_zero=depuis_zero)
        with maison.moteur.connect() as connexion:
            gardees = [n for n in read_arretes(connexion) if n <= numero]
        bilans = {n: compare(maison, cible, n) for n in gardees}
    except (FaitsManquants, RejeuImpossible, LookupError) as refus:
        _refuse(str(refus))
    report(bilans)


def _find(maison: Maison, publication: int | None, au: datetime | None) -> int:
    """Number of the publication that is asked for: one, that of a day, or the last."""
    from warehouse.publications import find_publication_du_jour, read_publication

    if publication is not None and au is not None:
        _refuse("Un numéro de publication ou --date, pas les deux.")
    with maison.moteur.connect() as connexion:
        if au is not None:
            numero = find_publication_du_jour(connexion, au.date())
        else:
            lue = read_publication(connexion, publication)
            numero = lue.numero if lue else None
    if numero is None:
        _refuse(
            "Rien n'était publié alors."
            if au
            else "Cette publication n'existe pas, ou n'est plus conservée."
        )
    return numero


def report(bilans: dict[int, Bilan]) -> None:
    """Say what differs, by number of publication; exit with 1 when something does."""
    ecarts = [ecart for bilan in bilans.values() for ecart in bilan.ecarts]
    for numero, bilan in bilans.items():
        trouves = format_compte(len(bilan.ecarts), "écart")
        verdict = trouves if bilan.ecarts else "identique, à l'octet près"
        tables = f"{bilan.tables} tables, " if bilan.tables else ""
        comptes = f"{tables}{bilan.fichiers} fichiers"
        print(f"  publication {numero} : {comptes} : {verdict}")
    for ecart in ecarts[:ECARTS_MONTRES]:
        print(f"  {ecart.objet} (publication {ecart.publication}) : {ecart.explication}")
    if len(ecarts) > ECARTS_MONTRES:
        print(f"  et {len(ecarts) - ECARTS_MONTRES} autres")
    if ecarts:
        raise typer.Exit(ECARTS)


def _refuse(raison: str) -> NoReturn:
    typer.echo(raison, err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
