"""A certificate, told to the employee: a PDF from `certificat_conges.typ`."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.decompte_pdf import describe_beneficiaire
from pipelines.conges.documents.phrases import (
    describe_periode,
    format_bornes,
    format_temps,
)
from pipelines.conges.documents.valeurs import Certificat
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_pied
from specs.contrats import valeurs_of
from specs.montants import round_half_away
from specs.typographie import (
    breakable,
    format_date,
    format_euros,
    format_heures,
    format_jours,
    format_mois,
    printable,
)

NATURES = valeurs_of("certificats", "nature")
Ligne = tuple[str, str, str]


def compose_certificat_pdf(certificat: Certificat) -> Dessin:
    """The certificate; the same values always give the same bytes."""
    return compose_pdf("certificat_conges", _describe(certificat), certificat.date_arrete)


def _describe(c: Certificat) -> dict[str, object]:
    remplace = [("Annule et remplace", breakable(printable(c.remplace)))] if c.remplace else []
    return {
        "titre": "Certificat de congés payés",
        "sous_titre": f"exercice {c.exercice} · {NATURES[c.nature]}",
        "pied": describe_pied("Certificat de congés", c.date_arrete, c.publication),
        "references": [
            ("Certificat", breakable(printable(c.certificat))),
            ("Emploi", format_bornes(c.debut, c.fin)),
            *remplace,
        ],
        **describe_beneficiaire(c.beneficiaire),
        "total_intitule": "Temps de travail ou assimilé",
        "echeance": describe_periode(c.exercice),
        "total_absolu": format_temps(c.mois_travail_fractions),
        "credit": True,
        "phrases": [printable(phrase) for phrase in _tell(c)],
        "valeurs": [
            dict(zip(("libelle", "valeur", "raison"), ligne, strict=True))
            for ligne in (*_times(c), *_wages(c))
        ],
        "suite": (
            "Une valeur vous semble fausse : votre employeur la corrige par sa prochaine"
            " déclaration (DSN), la caisse établit alors un certificat rectificatif. Tous vos"
            " employeurs de la profession s’additionnent dans votre relevé de droits."
        ),
    }


def _tell(c: Certificat) -> Iterator[str]:
    if not c.en_vigueur:
        yield "Ce certificat n’est plus en vigueur : un autre l’a remplacé."
    if c.visible_le and c.date_arrete < c.visible_le:
        yield (
            "Aperçu remis à l’entreprise, à relire : le certificat sera montré au salarié le"
            f" {format_date(c.visible_le)}."
        )
    if c.mois_manquants:
        mois = ", ".join(format_mois(m) for m in c.mois_manquants.split())
        yield (
            f"Il est complet à {c.completude}\u202f% : aucune déclaration n’est venue pour {mois},"
            " et ce qui manque ne compte pas."
        )


def _times(c: Certificat) -> Iterator[Ligne]:
    yield (
        "Travail et absences assimilées",
        format_temps(c.mois_travail_fractions),
        "jours du lundi au samedi sous contrat, chacun pour sa part du mois (L3141-3 à L3141-5)",
    )
    if c.mois_maladie_fractions:
        yield (
            "Maladie",
            format_temps(c.mois_maladie_fractions),
            "deux jours de congé par mois (L3141-5 7°)",
        )
    yield (
        "Heures de travail",
        format_heures(c.heures_centiemes),
        "heures déclarées par l’employeur ; elles servent au seuil de la prime de vacances",
    )
    if c.heures_activite_partielle_centiemes:
        yield (
            "Activité partielle",
            format_heures(c.heures_activite_partielle_centiemes),
            "heures déclarées par l’employeur",
        )
    if c.heures_intemperies_centiemes:
        yield (
            "Intempéries",
            format_heures(c.heures_intemperies_centiemes),
            "heures indemnisées, retenues pour les trois quarts",
        )


def _wages(c: Certificat) -> Iterator[Ligne]:
    yield (
        "Salaires bruts",
        format_euros(c.brut_centimes),
        "bases de congés payés (code 20) des mois de la période",
    )
    if c.r_centimes is not None:
        mois = f"celle de {format_mois(c.r_mois)}, entière" if c.r_mois else "certifiée"
        yield (
            "Dernière paie complète",
            format_euros(c.r_centimes),
            f"{mois} ; l’indemnité en vient, sauf si le dixième des salaires vaut mieux (D3141-32)",
        )
        if c.horaire_centiemes:
            horaire = round_half_away(c.r_centimes * 100, c.horaire_centiemes)
            yield (
                "Dernier salaire horaire",
                format_euros(horaire),
                f"pour {format_heures(c.horaire_centiemes)} par mois (D3141-34)",
            )
    if c.jours_precedents_centiemes:
        yield (
            "Congé payé pendant la période",
            format_jours(c.jours_precedents_centiemes),
            f"jours légaux payés par une caisse, {format_euros(c.indemnite_precedente_centimes)}",
        )
