"""`caisse formats`: the formats of the fund, for who writes software that speaks with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.francais import Application

IMPOSSIBLE = 2
DOSSIERS = ("bons", "mauvais", "bons/echanges")
SUFFIXES = (".dsn", ".txt", ".xml", ".attendu.json")

application = Application(help="Schémas, gabarits et vecteurs d'essai, pour les éditeurs.")


@application.callback()
def formats() -> None:
    """Formats que la caisse lit et écrit."""


@application.command("paquet")
def paquet(
    sortie: Annotated[Path, typer.Option("--sortie", help="Fichier ZIP à écrire.")] = Path(
        "caisse-formats.zip"
    ),
) -> None:
    """Écrire en un ZIP les schémas (XSD, JSON), les gabarits et les vecteurs d'essai.

    Chaque vecteur y est avec le rapport que la caisse en fait ; un manifeste donne les empreintes.
    """
    from pipelines.paquet import compose_paquet, write_zip
    from specs.typographie import format_compte

    contenus = compose_paquet(dict(list_vecteurs()))
    try:
        sortie.write_bytes(write_zip(contenus))
    except OSError:
        typer.echo(
            f"Impossible d'écrire « {sortie} » : vérifier ce chemin et ses droits.", err=True
        )
        raise typer.Exit(IMPOSSIBLE) from None
    typer.echo(sortie)
    typer.echo(f"{format_compte(len(contenus), 'fichier')}.", err=True)


def list_vecteurs() -> Iterator[tuple[str, bytes]]:
    """The sample files and what is expected of them, by path, sorted."""
    from importlib.resources import files

    racine = files("sample_files")
    for dossier in DOSSIERS:
        for fichier in sorted((racine / dossier).iterdir(), key=lambda f: f.name):
            if fichier.name.endswith(SUFFIXES):
                yield f"{dossier}/{fichier.name}", fichier.read_bytes()
