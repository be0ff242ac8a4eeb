"""What an employee was paid in a year, to declare: a PDF from `attestation_fiscale.typ`."""

from __future__ import annotations

from pipelines.conges.documents.decompte_pdf import describe_beneficiaire
from pipelines.conges.documents.valeurs import AttestationFiscale
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from specs.typographie import format_date, format_euros

PHRASES = (
    (
        "Ces montants sont ceux des virements exécutés dans l’année, quel que soit l’exercice de"
        " congés. Un virement revenu impayé n’y est pas ; un congé annulé en est déduit."
    ),
    (
        "La caisse déclare le net imposable et l’impôt prélevé à l’administration : vérifiez que"
        " votre déclaration de revenus les porte."
    ),
)


def compose_attestation_fiscale_pdf(attestation: AttestationFiscale) -> Dessin:
    """The statement of a year; the same values always give the same bytes."""
    return compose_pdf("attestation_fiscale", _describe(attestation), attestation.date_arrete)


def _describe(a: AttestationFiscale) -> dict[str, object]:
    return {
        "titre": "Attestation fiscale",
        "sous_titre": f"congés payés versés en {a.annee}",
        "pied": describe_pied(f"Attestation fiscale {a.annee}", a.date_arrete, a.publication),
        "references": [("Année", str(a.annee)), ("Arrêtée au", format_date(a.date_arrete))],
        **describe_beneficiaire(a.beneficiaire),
        "total_intitule": "Net imposable",
        "echeance": f"versé en {a.annee}, tous employeurs de la profession réunis",
        "total_absolu": format_euros(abs(a.net_imposable_centimes)),
        "credit": a.net_imposable_centimes >= 0,
        "phrases": list(PHRASES),
        "lignes": [
            ("Montant brut", format_euros(a.brut_centimes)),
            ("Net imposable", format_euros(a.net_imposable_centimes)),
            ("Impôt prélevé à la source", format_euros(a.pas_centimes)),
        ],
    }
