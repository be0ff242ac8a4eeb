"""`caisse impact`: who would gain and lose what, were dated values other than they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.retraiter import Jour, Sortie, answer, open_passage, show


def impact(
    specs: Annotated[
        Path,
        typer.Option(
            metavar="DOSSIER",
            exists=True,
            file_okay=False,
            help="Fichiers de specs changés, rangés comme specs : baremes/cotisations.yaml…",
        ),
    ],
    periode: Annotated[
        str | None,
        typer.Option(
            metavar="AAAA-MM|AAAA|AAAA-AA",
            help="Ne montrer que ce mois, cette année ou cette campagne.",
        ),
    ] = None,
    date_arrete: Jour = None,
    sortie: Sortie = None,
) -> None:
    """Montrer ce que d'autres valeurs changeraient : qui gagne et perd quoi. Rien n'est gardé.

    La nuit est jouée dans deux copies jetables de la caisse, avec ses valeurs et avec celles du
    dossier ; ce qui avait été publié est corrigé par différence, comme il le serait.
    """
    from pipelines.impact.calcul import compute_impact
    from pipelines.retraitement.perimetres import parse_mois

    passage = open_passage(date_arrete)

    def act() -> None:
        bornes = parse_mois(periode) if periode else None
        effet = compute_impact(passage, specs, bornes)
        show(effet, f"valeurs de « {specs.name} »", sortie)

    answer(act)
