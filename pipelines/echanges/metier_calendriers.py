"""What companies agreed with the fund, and when it puts files at their disposal."""

from __future__ import annotations

from pipelines.metier import Etape, Liste, Metier, Portee

CALENDRIERS = Metier(
    "calendriers",
    etapes=(
        Etape(
            "calendriers",
            Portee.CAISSE,
            prepare="pipelines.echanges.calendriers:prepare_calendriers",
            temps="rapprocher",
            apres=("rapprochement",),
            lit=("calendriers",),
            ecrit=("calendriers",),
        ),
    ),
    listes=(
        Liste("conventions", "conventions", "Conventions des entreprises, et qui les administre."),
        Liste(
            "calendriers",
            "calendriers",
            "Dates de mise à disposition des fichiers, et leur état.",
        ),
    ),
)
