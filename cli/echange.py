"""`caisse echange`: exchange files of the members: their specification."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

IMPOSSIBLE = 2
application = typer.Typer(help="Fichiers d'échange : cahier des charges.", no_args_is_help=True)


class FormatCahier(StrEnum):
    """Shapes of the specification."""

    PDF = "pdf"
    HTML = "html"


@application.callback()
def echange() -> None:
    """Fichiers d'échange entre les entreprises et la caisse."""


@application.command("cahier")
def cahier(
    format_: Annotated[
        FormatCahier, typer.Option("--format", help="pdf à imprimer, html à consulter.")
    ] = FormatCahier.PDF,
    sortie: Annotated[
        Path | None,
        typer.Option("--sortie", help="Fichier à écrire (cahier_des_charges.pdf ou .html)."),
    ] = None,
) -> None:
    """Cahier des charges technique : enregistrements, codes, contrôles, réponses, exemples."""
    from pipelines.echanges.cahier.composition import compose_cahier
    from pipelines.echanges.cahier.formes import render_cahier_html, render_cahier_pdf

    render = render_cahier_pdf if format_ is FormatCahier.PDF else render_cahier_html
    chemin = sortie or Path(f"cahier_des_charges.{format_.value}")
    octets = render(compose_cahier())
    try:
        chemin.write_bytes(octets)
    except OSError:
        typer.echo(
            f"Impossible d'écrire « {chemin} » : vérifier ce chemin et ses droits.", err=True
        )
        raise typer.Exit(IMPOSSIBLE) from None
    typer.echo(chemin)
