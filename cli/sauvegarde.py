"""Backups of a fund: made, restored, or played again from what was received and decided."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from specs.typographie import format_compte

if TYPE_CHECKING:
    from warehouse.maison import Maison

INUTILISABLE = 2


def sauvegarder(
    dossier: Annotated[Path, typer.Argument(help="Dossier des sauvegardes, sur un autre disque.")],
    cles: Annotated[
        Path | None,
        typer.Option(help="Où copier les clés, ailleurs que le reste."),
    ] = None,
) -> None:
    """Sauvegarder la caisse : la base à cet instant, et ce qui manque de l'archive et du lac.

    Une nuit peut tourner. Code de retour : 0 fait, 2 impossible, et pourquoi.
    """
    from warehouse.exploitation.releve import observe
    from warehouse.exploitation.sauvegarde import SauvegardeInutilisable, save
    from warehouse.exploitation.verification_base import is_current, open_base
    from warehouse.reglages import Reglages

    reglages = Reglages()
    moteur = open_base(reglages)
    if moteur is None or not is_current(moteur):
        _refuse("la base ne répond pas, ou n'est pas à la version de ce moteur")
    try:
        fait = save(observe(reglages, moteur), dossier, datetime.now(UTC), cles)
    except (SauvegardeInutilisable, OSError) as refus:
        _refuse(str(refus))
    print(f"Base {fait.base.stem} ; nouveaux fichiers : {fait.nouveaux}.")
    if cles is None:
        print("Les clés ne sont pas sauvegardées (--cles) : sans elles, rien ne se lit.")


def restaurer(
    sauvegarde: Annotated[Path, typer.Argument(help="Dossier des sauvegardes.")],
    cles: Annotated[Path, typer.Option(help="Dossier des clés.")],
) -> None:
    """Restaurer la dernière sauvegarde dans un dossier et une base vides (CAISSE_DOSSIER).

    Ce que les entreprises n'avaient pas retiré est remis dans leurs boîtes.
    Code de retour : 0 restaurée et entière, 2 impossible, et pourquoi.
    """
    from pipelines.reception.etapes import create_boites
    from warehouse.exploitation.sauvegarde import SauvegardeInutilisable, list_bases, restore
    from warehouse.reglages import Reglages

    reglages = Reglages()
    try:
        maison = restore(sauvegarde, cles, reglages)
    except (SauvegardeInutilisable, OSError) as refus:
        _refuse(str(refus))
    print(f"Base {list_bases(sauvegarde)[-1]} restaurée dans « {reglages.dossier} ».")
    create_boites(maison)
    _give_back(maison)


def rendre() -> None:
    """Remettre dans les boîtes ce que les entreprises n'avaient pas retiré, après une panne.

    Rien n'est changé de ce qui s'y trouve. Code de retour : 0 fait, 2 des boîtes manquent.
    """
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    _give_back(open_maison(Reglages()))


def _give_back(maison: Maison) -> None:
    from pipelines.reception.restitution import give_back
    from pipelines.reception.sources import open_source

    with open_source(maison.reglages) as source:
        fait = give_back(maison, source, datetime.now(UTC))
    print(f"Fichiers remis de nouveau dans les boîtes : {fait.rendus}.")
    if fait.echecs:
        _refuse(
            f"{format_compte(fait.echecs, 'fichier')} sans boîte : la recréer (caisse serveur-sftp"
            " --installation), puis caisse exploitation rendre, avant la prochaine nuit"
        )


def reconstruire(
    sauvegarde: Annotated[Path, typer.Argument(help="Dossier des sauvegardes.")],
    cles: Annotated[Path, typer.Option(help="Dossier des clés.")],
    sortie: Annotated[Path, typer.Option(help="Dossier vide où refaire la caisse.")],
    base: Annotated[
        str | None, typer.Option(help="Base sauvegardée (par défaut : la dernière).")
    ] = None,
    nouveaux_pseudonymes: Annotated[
        bool,
        typer.Option("--nouveaux-pseudonymes", help="Tirer une autre clé, pour tout le passé."),
    ] = False,
) -> None:
    """Refaire la caisse sans son lac : rejouer chaque nuit depuis l'archive et la base.

    Code de retour : 0 mêmes fichiers remis, à l'octet près ; 1 des écarts ; 2 impossible.
    """
    from cli.rejouer import report
    from pipelines.rejeu.jeu import RejeuImpossible
    from pipelines.rejeu.reconstruction import rebuild
    from warehouse.coffre.trousseau import OCTETS_CLE
    from warehouse.exploitation.sauvegarde import SauvegardeInutilisable, find_base
    from warehouse.faits import FaitsManquants
    from warehouse.reglages import Reglages

    try:
        trouvee = find_base(sauvegarde, base)
        print(f"Base {trouvee.stem} : caisse refaite dans « {sortie} ».")
        cle = secrets.token_bytes(OCTETS_CLE) if nouveaux_pseudonymes else None
        _, bilans = rebuild(sauvegarde, trouvee, cles, Reglages(), sortie, pseudonymes=cle)
    except (SauvegardeInutilisable, RejeuImpossible, FaitsManquants, LookupError) as refus:
        _refuse(str(refus))
    report(bilans)


def _refuse(raison: str) -> NoReturn:
    typer.echo(f"{raison[0].upper()}{raison[1:]}.", err=True)
    raise typer.Exit(INUTILISABLE)
