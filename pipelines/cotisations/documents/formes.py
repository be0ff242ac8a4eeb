"""Every shape of the summary of a period: the name of its files, and their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.cotisations.documents.recapitulatif_pdf import compose_recapitulatif_pdf
from pipelines.cotisations.documents.recapitulatif_tableaux import compose_recapitulatif_tableaux
from pipelines.cotisations.documents.recapitulatifs import compose_recapitulatif
from pipelines.cotisations.documents.valeurs import Recapitulatif
from pipelines.editique.dossiers import Dossier
from pipelines.editique.formes import Fichier, centre_prefix, render_formes

APPELS = ("appels", "lignes_appel")


def render_recapitulatif(recapitulatif: Recapitulatif, formes: Sequence[str]) -> Iterator[Fichier]:
    """`RECAPITULATIF_2026_2026-07-01.pdf`, `RECAPITULATIF_2025-26_2026-07-01.pdf`."""
    centre, jour = (
        centre_prefix(recapitulatif.entreprise.cdg),
        recapitulatif.date_arrete.isoformat(),
    )
    nom = f"RECAPITULATIF_{centre}{recapitulatif.periode}_{jour}"
    yield from render_formes(
        nom,
        formes,
        lambda: compose_recapitulatif_pdf(recapitulatif),
        lambda: compose_recapitulatif_tableaux(recapitulatif),
    )


def compose_dossier(dossier: Dossier, periode: str) -> Recapitulatif:
    """Summary of a civil year or a campaign; needs the tables APPELS."""
    appels, lignes = (dossier.tables[nom] for nom in APPELS)
    return compose_recapitulatif(
        appels, lignes, dossier.entreprise, periode, dossier.date_arrete, dossier.publication
    )
