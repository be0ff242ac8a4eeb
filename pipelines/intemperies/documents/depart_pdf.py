"""The certificate of an employee who leaves, for people: a PDF from `depart_intemperies.typ`."""

from __future__ import annotations

from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_entreprise, describe_pied
from pipelines.intemperies.documents.phrases import format_nombre
from pipelines.intemperies.documents.valeurs import AnneeSalarie, Depart
from specs.typographie import (
    breakable,
    clip,
    format_date,
    format_jour,
    format_montant,
    printable,
)


def compose_depart_pdf(depart: Depart) -> Dessin:
    """The certificate; the same values always give the same bytes."""
    return compose_pdf("depart_intemperies", _describe(depart), depart.date_arrete)


def _describe(depart: Depart) -> dict[str, object]:
    nom = breakable(clip(depart.nom, 80))
    matricule = [("Matricule", printable(depart.matricule))] if depart.matricule else []
    entree = [("Entré le", format_date(depart.entree))] if depart.entree else []
    return {
        "titre": "Indemnités d’intempéries",
        "sous_titre": "attestation remise au salarié qui quitte l’entreprise",
        "pied": describe_pied("Attestation D5424-31", depart.date_arrete, depart.publication),
        "references": [
            ("Salarié", nom),
            *matricule,
            *entree,
            ("Sorti le", format_date(depart.sortie)),
        ],
        **describe_entreprise(depart.entreprise),
        "annees": [_describe_year(annee) for annee in depart.annees],
    }


def _describe_year(annee: AnneeSalarie) -> dict[str, object]:
    compteur = annee.compteur
    return {
        "annee": str(compteur.annee),
        "compteurs": [
            (
                "Indemnités journalières, tous employeurs",
                format_nombre(compteur.indemnites_journalieres_centiemes),
            ),
            (
                "dont dans cette entreprise",
                format_nombre(compteur.indemnites_entreprise_centiemes),
            ),
            ("Qui restent sur 55", format_nombre(compteur.restantes_centiemes)),
            ("Heures perdues", format_montant(annee.perdues_centiemes)),
            ("Heures indemnisées", format_montant(annee.indemnisees_centiemes)),
        ],
        "periodes": [
            {
                "declaration": breakable(clip(periode.declaration, 40)),
                "debut": format_jour(periode.debut),
                "fin": format_jour(periode.fin),
                "jours": str(periode.jours),
                "perdues": format_montant(periode.perdues_centiemes),
                "indemnisees": format_montant(periode.indemnisees_centiemes),
            }
            for periode in annee.periodes
        ],
    }
