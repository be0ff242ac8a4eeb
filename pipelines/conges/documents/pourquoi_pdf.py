"""Why a right is what it is, one page for the employee: a PDF from `pourquoi_conges.typ`."""

from __future__ import annotations

from pipelines.conges.documents.decompte_pdf import describe_beneficiaire
from pipelines.conges.documents.phrases import describe_periode
from pipelines.conges.documents.valeurs import Pourquoi
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from specs.typographie import breakable, format_compte, format_euros, printable


def compose_pourquoi_pdf(pourquoi: Pourquoi) -> Dessin:
    """The page; the same values always give the same bytes."""
    return compose_pdf("pourquoi_conges", _describe(pourquoi), pourquoi.date_arrete)


def _describe(p: Pourquoi) -> dict[str, object]:
    return {
        "titre": "Pourquoi ces congés ?",
        "sous_titre": f"exercice {p.exercice}, {describe_periode(p.exercice)}",
        "pied": describe_pied(f"Droit {p.droit}", p.date_arrete, p.publication),
        "references": [("Droit", breakable(printable(p.droit)))],
        **describe_beneficiaire(p.beneficiaire),
        "total_intitule": format_compte(p.jours_legaux, "jour") + " de congé légal",
        "echeance": "leur indemnité, brute, sans la prime de vacances",
        "total_absolu": format_euros(p.indemnite_centimes),
        "credit": True,
        "sections": [
            {"titre": titre, "phrases": [breakable(printable(phrase)) for phrase in phrases]}
            for titre, phrases in p.sections
            if phrases
        ],
    }
