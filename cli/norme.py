"""`caisse norme`: which controls of the norm are written, and what becomes of the others."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from specs.contrats import Contrat

TITRES = {
    "version": "version",
    "famille": "famille",
    "controles": "contrôles",
    "implementes": "écrits",
    "signales": "dont signalés",
    "decides_ailleurs": "décidés ailleurs",
    "non_implementes": "non écrits",
    "controle": "contrôle",
    "statut": "statut",
    "raison": "raison",
}
COUVERTURE = "contrôles de la norme, par version et famille"
DETAIL = "contrôles qui ne sont pas écrits, ou qui signalent ce que la norme refuse, et pourquoi"


class Format(StrEnum):
    """Shapes of the table."""

    TEXTE = "texte"
    CSV = "csv"
    JSON = "json"


def norme(
    format_: Annotated[
        Format, typer.Option("--format", help="texte à lire, csv ou json.")
    ] = Format.TEXTE,
    detail: Annotated[
        bool, typer.Option("--detail", help="Lister ceux qui manquent ou ne font que signaler.")
    ] = False,
) -> None:
    """Contrôles de la norme : combien sont écrits, par version et famille, et le sort des autres.

    Chaque contrôle écrit a au moins un extrait conforme et un extrait fautif dans les essais.
    """
    from parsers.controles.couverture import IMPLEMENTE, compute_couverture, read_etats
    from reporting.demande import Format as FormatTable
    from reporting.formats import render_table

    etats = read_etats()
    frame = etats.remove(statut=IMPLEMENTE) if detail else compute_couverture(etats)
    contrat = _contract(frame, DETAIL if detail else COUVERTURE)
    typer.echo(render_table(frame, contrat, FormatTable(format_.value)), nl=False)


def _contract(frame: pl.DataFrame, titre: str) -> Contrat:
    """Titles and types of the table, for the renderer."""
    import polars as pl

    from specs.contrats import Colonne, Contrat

    colonnes = tuple(
        Colonne(nom, "entier" if type_ == pl.Int64 else "texte", TITRES[nom], nul=nom == "raison")
        for nom, type_ in frame.schema.items()
    )
    return Contrat(
        nom="norme",
        titre=titre,
        publie=False,
        partition=(),
        cle=("version", "famille"),
        colonnes=colonnes,
    )
