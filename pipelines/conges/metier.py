"""Leave."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Explicable, Liste, Metier, Portee, Recit

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
            "demandes_recues",
            Portee.PART,
            titre="demandes de congés reçues",
            prepare="pipelines.conges.demandes:prepare_demandes_recues",
            plan="pipelines.echanges.etapes:plan_echanges",
            temps="certificats_recus",
            lit=(
                "lignes_en_vigueur",
                "identites_echange",
                "identites_lues",
                "declarations_lues",
                "liens_salaries",
            ),
            ecrit=("demandes_recues", "constats_demandes"),
            en_essai=True,
        ),
        Etape(
            "conges",
            Portee.PART,
            titre="certificats, droits et paiements de congés",
            prepare="pipelines.conges.etapes:prepare_conges",
            plan="pipelines.conges.etapes:plan_conges",
            lit=(
                "certificats_recus",
                "demandes_recues",
                "demandes_lues",
                "comptes_salaries",
                "liens_salaries",
                *CERTIFICATS_LUS,
                "absences_certificat_lues",
                "reports_lus",
                *DITES_PAR_LA_DSN,
                "absences",
                "remunerations",
                "indemnites_intemperies",
                "salaries",
            ),
            ecrit=(
                "certificats",
                "droits",
                "compteurs_conges",
                "demandes_conges",
                "valeurs_conges",
                "prises_conges",
                "decomptes",
                "lignes_decompte",
                "attestations_fiscales",
                "constats_conges",
                "ecarts_absences",
                "dus_conges",
                "factures_fractionnement",
            ),
            partage="salarie",
            en_essai=True,
        ),
    ),
    documents=(
        Document(
            "certificats_conges",
            "pipelines.conges.documents.lettres:compose_certificats",
            au_choix="CERTIFICATS_CONGES",
        ),
        Document("dec", "pipelines.conges.documents.dec:compose_lettres"),
    ),
    impressions="pipelines.conges.documents.impression:IMPRESSIONS",
    audits="pipelines.conges.audits:AUDITS",
    decisions="pipelines.conges.heritiers:NATURES",
    explications=(
        Explicable(
            "certificats",
            "certificat",
            "pipelines.conges.explications.demandes:explain_certificat",
        ),
        Explicable(
            "decomptes", "decompte", "pipelines.conges.explications.demandes:explain_decompte"
        ),
        Explicable("droits", "droit", "pipelines.conges.explications.demandes:explain_droit"),
    ),
    recits=(
        Recit("droits", "pipelines.conges.recits.droit:tell_droit"),
        Recit("certificats", "pipelines.conges.recits.certificat:tell_certificat"),
        Recit("demandes_conges", "pipelines.conges.recits.demande:tell_demande"),
        Recit("decomptes", "pipelines.conges.recits.decompte:tell_decompte"),
        Recit("attestations_fiscales", "pipelines.conges.recits.annee:tell_annee"),
    ),
    simule="pipelines.conges.simulation:simulate_conge",
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
        Liste(
            "ecarts-absences",
            "ecarts_absences",
            "Congés payés par la caisse que la DSN ne dit pas en 200, avec le bloc à envoyer.",
        ),
        Liste(
            "demandes-conges",
            "demandes_conges",
            "Demandes de congés et leur suite : jours, état, codes qui l'expliquent.",
        ),
        Liste(
            "decomptes",
            "decomptes",
            "Décomptes des congés payés : indemnité, prime, retenues, net et jour du paiement.",
            autre=("lignes", "lignes_decompte", "Retenues des décomptes, ligne à ligne."),
        ),
    ),
)
