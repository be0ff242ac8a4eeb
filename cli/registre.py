"""`caisse registre`: the members, their management centres and establishments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

application = typer.Typer(help="Adhérents, centres de gestion et établissements.")


@application.callback()
def registre() -> None:
    """Adhérents, centres de gestion et établissements."""


@application.command("importer")
def importer(
    fichier: Annotated[Path, typer.Argument(help="CSV « ; » : numero_adherent;siren;...;fin")],
    auteur: Annotated[str, typer.Option(help="Qui importe (journal d'audit).")],
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")],
) -> None:
    """Importer le registre : tout ou rien, journalisé avec auteur et motif."""
    from datetime import UTC, datetime

    from pipelines.reception.etapes import create_boites
    from pipelines.reception.regles import format_instant
    from warehouse.maison import open_maison
    from warehouse.registre import import_registre
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    instant = format_instant(datetime.now(UTC))
    with maison.moteur.begin() as connexion:
        bilan = import_registre(
            connexion, fichier.read_bytes(), auteur=auteur, motif=motif, instant=instant
        )
    for erreur in bilan.erreurs:
        print(erreur, file=sys.stderr)
    if bilan.erreurs:
        raise typer.Exit(1)
    create_boites(maison)
    print(
        f"Registre importé : {bilan.lignes} établissement(s) lu(s), "
        f"{bilan.ajouts} ajout(s), {bilan.corrections} correction(s)."
    )
