"""Leave."""

from __future__ import annotations

from pipelines.metier import Etape, Explicable, Liste, Metier, Portee

DITES_PAR_LA_DSN = ("contrats", "bases")
CERTIFICATS_LUS = ("certificats_lus", "identites_echange")
CONGES = Metier(
    "conges",
    etapes=(
        Etape(
            "certificats_recus",
            Portee.PART,
            titre="certificats de congés reçus",
            prepare="pipelines.conges.etapes:prepare_certificats_recus",
            plan="pipelines.echanges.etapes:plan_echanges",
            lit=(
                "lignes_en_vigueur",
                *CERTIFICATS_LUS,
                "identites_lues",
                "declarations_lues",
                "liens_salaries",
                *DITES_PAR_LA_DSN,
            ),
            ecrit=("certificats_recus", "constats_cert"),
            en_essai=True,
        ),
        Etape(
            "conges",
            Portee.PART,
            titre="certificats et droits à congés",
            prepare="pipelines.conges.etapes:prepare_conges",
            plan="pipelines.conges.etapes:plan_conges",
            lit=(
                "certificats_recus",
                *CERTIFICATS_LUS,
                "absences_certificat_lues",
                "reports_lus",
                *DITES_PAR_LA_DSN,
                "absences",
                "remunerations",
                "indemnites_intemperies",
                "salaries",
            ),
            ecrit=("certificats", "droits", "compteurs_conges"),
            partage="salarie",
        ),
    ),
    audits="pipelines.conges.audits:AUDITS",
    decisions="pipelines.conges.decisions:NATURES",
    explications=(
        Explicable(
            "certificats",
            "certificat",
            "pipelines.conges.explications.demandes:explain_certificat",
        ),
        Explicable("droits", "droit", "pipelines.conges.explications.demandes:explain_droit"),
    ),
    cas=(("conges", "pipelines.conges.cas.execution"),),
    regularisations="pipelines.conges.documents.regularisations:read_regularisations",
    listes=(
        Liste(
            "certificats",
            "certificats",
            "Certificats de congés : temps, heures, salaires, mois manquants, et celui en vigueur.",
        ),
        Liste(
            "droits",
            "droits",
            "Droits à congés de chaque salarié, tous employeurs réunis, par exercice clos.",
        ),
        Liste(
            "compteurs-conges",
            "compteurs_conges",
            "Jours de congé acquis, pris et restants, par compteur.",
        ),
    ),
)
