"""`caisse echange`: exchange files of the members: specification, models, conversions."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.francais import Application
from cli.verifier import CODES_RETOUR

IMPOSSIBLE = 2
application = Application(help="Fichiers d'échange : cahier des charges, modèles, conversions.")


class Forme(StrEnum):
    """Forms of an exchange file, and of the spreadsheets that hold one."""

    FIXE = "fixe"
    XML = "xml"
    XLSX = "xlsx"
    CSV = "csv"


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
    _write(chemin, render(compose_cahier()))


@application.command("modele")
def modele(
    genre: Annotated[str, typer.Argument(metavar="GENRE", help="CERT, DMC, ARI, RIB ou TDP.")],
    sortie: Annotated[
        Path | None,
        typer.Option(
            "--sortie",
            help="Fichier à écrire, par défaut modele_GENRE.xlsx ; .csv, ou .xsd pour le schéma.",
        ),
    ] = None,
) -> None:
    """Classeur à remplir d'un genre de fichier : une feuille par enregistrement, aide comprise."""
    from pipelines.echanges.tableur.modele import list_genres, write_modele

    nom = genre.upper()
    chemin = sortie or Path(f"modele_{nom}.xlsx")
    forme = chemin.suffix.lower()
    if nom not in list_genres(forme):
        attendus = ", ".join(list_genres(forme)) or "un suffixe .xlsx, .csv ou .xsd"
        raise typer.BadParameter(f"{genre} : attendu {attendus}", param_hint="GENRE")
    _write(chemin, write_modele(nom, forme))


@application.command("convertir")
def convertir(
    fichier: Annotated[
        Path,
        typer.Argument(
            metavar="FICHIER", help="Fichier d'échange (forme fixe, XML), classeur XLSX ou CSV."
        ),
    ],
    vers: Annotated[Forme, typer.Option("--vers", help="Forme à écrire.")],
    sortie: Annotated[
        Path | None,
        typer.Option(
            "--sortie",
            help="Fichier ou dossier à écrire. Par défaut ici, sous le nom que le dépôt demande.",
        ),
    ] = None,
) -> None:
    """Contrôler un fichier d'échange et l'écrire sous une autre forme.

    Code de retour : 0 conforme, 1 non conforme, 2 inutilisable. Une ligne refusée n'empêche pas
    d'écrire les autres ; un fichier refusé en entier n'est pas écrit.
    """
    from datetime import UTC, datetime

    from pipelines.echanges.tableur.conversion import compute_nom, read_source, write_forme
    from pipelines.echanges.tableur.rapport import list_remarques

    octets = _read(fichier)
    lue = read_source(fichier.name, octets, datetime.now(UTC))
    ecrits, source = write_forme(lue, vers.value)
    for ligne in list_remarques(source, str(fichier)):
        typer.echo(ligne)
    if ecrits is None:
        typer.echo("Rien n'est écrit.", err=True)
    else:
        nom = compute_nom(source, vers.value) or f"{fichier.stem}.{vers.value}"
        chemin = sortie / nom if sortie and sortie.is_dir() else sortie or Path(nom)
        if chemin.exists() and chemin.samefile(fichier):
            raise typer.BadParameter("ce serait le fichier lu", param_hint="--sortie")
        _write(chemin, ecrits)
    raise typer.Exit(CODES_RETOUR[source.verdict])


def _read(fichier: Path) -> bytes:
    from specs.echanges import OCTETS_MAXIMUM
    from specs.messages import render_message

    try:
        if fichier.stat().st_size > OCTETS_MAXIMUM:
            typer.echo(render_message("F012", "taille", attendu=OCTETS_MAXIMUM), err=True)
            raise typer.Exit(IMPOSSIBLE)
        return fichier.read_bytes()
    except OSError:
        typer.echo(f"Fichier introuvable ou illisible : {fichier}", err=True)
        raise typer.Exit(IMPOSSIBLE) from None


def _write(chemin: Path, octets: bytes) -> None:
    try:
        chemin.write_bytes(octets)
    except OSError:
        typer.echo(
            f"Impossible d'écrire « {chemin} » : vérifier ce chemin et ses droits.", err=True
        )
        raise typer.Exit(IMPOSSIBLE) from None
    typer.echo(chemin)
