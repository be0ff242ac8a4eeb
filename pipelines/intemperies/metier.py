"""Bad weather."""

from __future__ import annotations

from pipelines.metier import Etape, Liste, Metier, Portee

DITES_PAR_LA_DSN = (
    "declarations",
    "bases",
    "releves_tdp",
    "contrats",
    "absences",
    "mois_exploites",
    "identites",
    "liens_salaries",
)
ECRITES = (
    "arrets_intemperies",
    "lignes_intemperies",
    "jours_intemperies",
    "indemnites_intemperies",
    "remboursements_intemperies",
    "cumuls_intemperies",
    "constats_intemperies",
    "valeurs_intemperies",
    "intemperies_exploitees",
    "jours_signes",
    "tranches_signees",
)
LUES = (
    "lignes_lues",
    "arrets_lus",
    "salaries_arret_lus",
    "jours_lus",
    "identites_echange",
    "anomalies",
    "anomalies_essai",
    "intemperies_exploitees",
)
COMPTEES = ("jours_comptes", "indemnites_comptees", "tranches_comptees")
INTEMPERIES = Metier(
    "intemperies",
    etapes=(
        Etape(
            "jugement_intemperies",
            Portee.PART,
            titre="déclarations d'intempéries",
            prepare="pipelines.intemperies.etapes:prepare_jugement",
            plan="pipelines.intemperies.etapes:plan_jugement",
            lit=(
                *LUES,
                *DITES_PAR_LA_DSN,
                "arrets_intemperies",
                "jours_intemperies",
                "jours_a_compter",
            ),
            ecrit=("jours_a_compter", "intemperies_exploitees"),
            en_essai=True,
        ),
        Etape(
            "annees_intemperies",
            Portee.PART,
            titre="heures d'intempéries des salariés",
            prepare="pipelines.intemperies.etapes:prepare_annees",
            plan="pipelines.intemperies.etapes:plan_annees",
            lit=("jours_a_compter", *COMPTEES),
            ecrit=COMPTEES,
            partage="salarie",
            en_essai=True,
        ),
        Etape(
            "intemperies",
            Portee.PART,
            titre="indemnités et remboursements d'intempéries",
            prepare="pipelines.intemperies.etapes:prepare_suites",
            plan="pipelines.intemperies.etapes:plan_jugement",
            lit=(
                *LUES,
                *DITES_PAR_LA_DSN,
                "remunerations",
                "jours_comptes",
                "indemnites_comptees",
                *ECRITES,
            ),
            ecrit=ECRITES,
            en_essai=True,
        ),
    ),
    cas=(("intemperies", "pipelines.intemperies.cas.execution"),),
    aide="Arrêts pour intempéries : ce que la dernière publication en dit.",
    listes=(
        Liste(
            "intemperies arrets",
            "arrets_intemperies",
            "Arrêts déclarés : échéance, état, code qui refuse.",
        ),
        Liste(
            "intemperies jours",
            "jours_intemperies",
            "Jours perdus de chaque salarié : heures perdues, carence, heures indemnisées, codes.",
        ),
        Liste(
            "intemperies indemnites",
            "indemnites_intemperies",
            "Indemnités dues, base du remboursement, cotisation et heures de congés.",
        ),
        Liste(
            "intemperies remboursements",
            "remboursements_intemperies",
            "Remboursements, en lignes dont la somme est ce qui est remboursé.",
        ),
        Liste(
            "intemperies cumuls",
            "cumuls_intemperies",
            "Compteurs de chaque salarié par entreprise et année, et ce qui reste des 55.",
        ),
    ),
)
