"""`caisse anomalies-editeurs`: what payroll software gets wrong, and for which companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.listes import FormatDemande, Sortie, answer, open_maison, render_liste

if TYPE_CHECKING:
    from reporting.demande import Format


def anomalies_editeurs(
    editeur: Annotated[
        str, typer.Option(help="Ne garder qu'un éditeur ou un logiciel (partie de son nom).")
    ] = "",
    format_: FormatDemande = "texte",
    sortie: Sortie = None,
) -> None:
    """Anomalies des DSN par éditeur de logiciel et par rubrique, avec les entreprises touchées."""

    def render(forme: Format) -> bytes:
        from pipelines.rapports.editeurs import read_anomalies_editeurs
        from specs.contrats import read_contrat

        frame = read_anomalies_editeurs(open_maison(), editeur)
        return render_liste(frame, read_contrat("anomalies_editeurs"), forme)

    answer(render, format_, sortie)
