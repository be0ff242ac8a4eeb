"""Stops to be declared: companies are told their deadlines before they pass."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Liste, Metier, Portee

ECHEANCES = Metier(
    "echeances",
    etapes=(
        Etape(
            "echeances",
            Portee.PART,
            prepare="pipelines.intemperies.echeances:prepare_echeances",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=(
                "absences",
                "remunerations",
                "jours_intemperies",
                "arrets_intemperies",
                "arrets_lus",
                "salaries_arret_lus",
            ),
            ecrit=("echeances",),
            regroupe=True,
        ),
    ),
    documents=(Document("echeance", "pipelines.intemperies.documents.echeances:compose_lettres"),),
    listes=(
        Liste(
            "intemperies echeances",
            "echeances",
            "Arrêts à déclarer que la DSN ou un essai dit, avec leur dernier jour.",
        ),
    ),
)
