"""`caisse vues`: what is published, as views that a DuckDB client opens."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.listes import DEMANDE_REFUSEE, NumeroPublication


class Lu(StrEnum):
    """Who reads the views: an analyst of the fund, or what a company or anybody may see."""

    EXPLOITANT = "exploitant"
    PORTAIL = "portail"
    PUBLIC = "public"


def vues(
    sortie: Annotated[
        Path, typer.Option("--sortie", help="Fichier à écrire : vues.duckdb, ou vues.sql.")
    ],
    publication: NumeroPublication = None,
    lecteur: Annotated[
        Lu,
        typer.Option(
            "--lecteur",
            help="Qui les lit : exploitant (jamais les identités), portail (sans pseudonymes),"
            " public (ce que voit qui vérifie une attestation).",
        ),
    ] = Lu.EXPLOITANT,
) -> None:
    """Écrire les vues DuckDB d'une publication, pour l'analyse.

    Une vue par table, sur les fichiers mêmes du lac ; titres et unités y sont en commentaires. Les
    vues publication et dictionnaire disent ce qu'on lit.
    """
    from reporting.demande import DemandeRefusee, parse_publication
    from reporting.vues import write_vues
    from specs.contrats import Lecteur
    from specs.typographie import format_date
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    try:
        numero = parse_publication(publication)
        lue = write_vues(open_maison(Reglages()), sortie, numero, Lecteur(lecteur.value))
    except DemandeRefusee as refus:
        typer.echo(str(refus), err=True)
        raise typer.Exit(DEMANDE_REFUSEE) from None
    except OSError:
        typer.echo(
            f"Impossible d'écrire « {sortie} » : vérifier ce chemin et ses droits.", err=True
        )
        raise typer.Exit(DEMANDE_REFUSEE) from None
    typer.echo(sortie)
    arrete = format_date(lue.date_arrete)
    typer.echo(f"Publication {lue.numero}, arrêtée au {arrete}.", err=True)
