"""Every shape of every document: the name of its files, and their bytes.

A name bears the decision date: a later document never takes the place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipelines.publication.documents.bases_tableaux import compose_bases_tableaux
from pipelines.publication.documents.recapitulatif_pdf import render_recapitulatif_pdf
from pipelines.publication.documents.recapitulatif_tableaux import compose_recapitulatif_tableaux
from pipelines.publication.documents.releve_pdf import render_releve_pdf
from pipelines.publication.documents.releve_tableaux import compose_releve_tableaux
from pipelines.publication.documents.tableaux import Tableaux
from pipelines.publication.documents.tableaux_csv import render_csv
from pipelines.publication.documents.tableaux_xlsx import render_xlsx
from pipelines.publication.documents.valeurs_compte import EtatBases, Recapitulatif, Releve

Fichier = tuple[str, bytes]


def render_releve(releve: Releve, formes: Sequence[str]) -> Iterator[Fichier]:
    """`RELEVE_2026-07-01.pdf`...: with the centre, when it covers only one."""
    nom = f"RELEVE_{_centre(releve.entreprise.cdg)}{releve.fin.isoformat()}"
    yield from _render(
        nom, formes, lambda: render_releve_pdf(releve), lambda: compose_releve_tableaux(releve)
    )


def render_recapitulatif(recapitulatif: Recapitulatif, formes: Sequence[str]) -> Iterator[Fichier]:
    """`RECAPITULATIF_2026_2026-07-01.pdf`, `RECAPITULATIF_2025-26_2026-07-01.pdf`."""
    centre, jour = _centre(recapitulatif.entreprise.cdg), recapitulatif.date_arrete.isoformat()
    nom = f"RECAPITULATIF_{centre}{recapitulatif.periode}_{jour}"
    yield from _render(
        nom,
        formes,
        lambda: render_recapitulatif_pdf(recapitulatif),
        lambda: compose_recapitulatif_tableaux(recapitulatif),
    )


def render_bases(etat: EtatBases, formes: Sequence[str]) -> Iterator[Fichier]:
    """`BASES_2025-26_2026-05-03.xlsx`; it has no PDF."""
    nom = f"BASES_{_centre(etat.entreprise.cdg)}{etat.exercice}_{etat.date_arrete.isoformat()}"
    yield from _render(nom, formes, None, lambda: compose_bases_tableaux(etat))


def _centre(cdg: str | None) -> str:
    return f"{cdg}_" if cdg else ""


def _render(
    nom: str,
    formes: Sequence[str],
    pdf: Callable[[], bytes] | None,
    tableaux: Callable[[], Tableaux],
) -> Iterator[Fichier]:
    """The shapes asked for, each rendered once."""
    if pdf is not None and "pdf" in formes:
        yield f"{nom}.pdf", pdf()
    compose = tableaux()
    for forme, render in (("csv", render_csv), ("xlsx", render_xlsx)):
        if forme in formes:
            yield f"{nom}.{forme}", render(compose)
