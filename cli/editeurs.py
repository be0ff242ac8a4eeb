"""`caisse anomalies-editeurs`: what payroll software gets wrong, and for which companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.listes import Colonnes, FormatDemande, Large, Sortie, answer, open_maison, render_liste

if TYPE_CHECKING:
    from reporting.demande import Format


def anomalies_editeurs(
    editeur: Annotated[
        str, typer.Option(help="Ne garder qu'un éditeur ou un logiciel (partie de son nom).")
    ] = "",
    format_: FormatDemande = "texte",
    sortie: Sortie = None,
    colonnes: Colonnes = None,
    *,
    large: Large = False,
) -> None:
    """Anomalies des DSN par éditeur de logiciel et par rubrique, avec les entreprises touchées."""

    def render(forme: Format) -> bytes:
        from pipelines.rapports.editeurs import read_anomalies_editeurs
        from specs.contrats import read_contrat

        frame = read_anomalies_editeurs(open_maison(), editeur)
        contrat = read_contrat("anomalies_editeurs")
        return render_liste(frame, contrat, forme, colonnes, large=large)

    answer(render, format_, sortie)
