"""What an employee has acquired, taken and left, year by year: a PDF from `droits_conges.typ`."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.decompte_pdf import describe_beneficiaire, tell_methodes
from pipelines.conges.documents.phrases import (
    COMPTEURS,
    describe_periode,
    format_nombre,
    format_temps,
)
from pipelines.conges.documents.valeurs import Compteur, Exercice, Methodes, Releve
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from specs.typographie import (
    format_compte,
    format_date,
    format_euros,
    format_heures,
    format_jour,
    format_jours,
)


def compose_droits_pdf(releve: Releve) -> Dessin:
    """The statement; the same values always give the same bytes."""
    return compose_pdf("droits_conges", _describe(releve), releve.date_arrete)


def _describe(releve: Releve) -> dict[str, object]:
    reste = sum(c.reste_centiemes for e in releve.exercices for c in e.compteurs)
    return {
        "titre": "Relevé de droits à congés",
        "sous_titre": f"arrêté au {format_date(releve.date_arrete)}",
        "pied": describe_pied("Relevé de droits", releve.date_arrete, releve.publication),
        "references": [
            ("Arrêté au", format_date(releve.date_arrete)),
            ("Exercices", format_compte(len(releve.exercices), "exercice")),
        ],
        **describe_beneficiaire(releve.beneficiaire),
        "total_intitule": "Jours qui restent à prendre",
        "echeance": "tous exercices et tous employeurs de la profession réunis",
        "total_absolu": format_jours(reste),
        "credit": True,
        "exercices": [_describe_exercice(e) for e in releve.exercices],
    }


def _describe_exercice(e: Exercice) -> dict[str, object]:
    methodes = Methodes(
        e.btp_centimes, e.dixieme_centimes, e.r_centimes, e.brut_centimes, e.jours_legaux
    )
    return {
        "titre": f"Exercice {e.exercice}, {describe_periode(e.exercice)}",
        "phrases": list(_tell_time(e)),
        "methodes": tell_methodes(methodes, e.methode),
        "indemnite": format_euros(e.indemnite_centimes),
        "compteurs": [_describe_compteur(c) for c in e.compteurs],
    }


def _tell_time(e: Exercice) -> Iterator[str]:
    morceaux = [f"{format_temps(e.travail_fractions)} de travail ou assimilés"]
    if e.maladie_fractions:
        morceaux.append(
            f"{format_temps(e.maladie_fractions)} de maladie, qui comptent pour une part"
        )
    if e.forfait_fractions:
        morceaux.append(f"{format_temps(e.forfait_fractions)} pour le congé pris l’année d’avant")
    yield (
        f"{', '.join(morceaux)} : {format_temps(e.retenus_fractions)} retenus, à 2,5 jours par"
        f" mois, soit {format_compte(e.jours_legaux, 'jour')} de congé légal (arrondis au jour"
        " supérieur)."
    )
    prime = "due" if e.prime_due else "non due"
    yield f"Prime de vacances : {prime}, {format_heures(e.heures_seuil_centiemes)} retenues."


def _describe_compteur(c: Compteur) -> dict[str, str]:
    libelle = COMPTEURS[c.compteur]
    return {
        "libelle": libelle[:1].upper() + libelle[1:],
        "acquis": format_nombre(c.acquis_centiemes),
        "pris": format_nombre(c.pris_centiemes),
        "reste": format_nombre(c.reste_centiemes),
        "fin": format_jour(c.fin) if c.fin else "",
    }
