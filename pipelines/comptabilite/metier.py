"""The accounts of the members."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Explicable, Liste, Metier, Portee

COMPTABILITE = Metier(
    "comptabilite",
    etapes=(
        Etape(
            "comptabilite",
            Portee.PART,
            prepare="pipelines.comptabilite.etapes:prepare_comptes",
            plan="pipelines.comptabilite.etapes:plan_comptes",
            temps="tenir_comptes",
            lit=(
                "appels",
                "lignes_appel",
                "encaissements",
                "prelevements",
                "prelevements_appels",
                "*dus",
                "reglements",
                "decaissements",
            ),
            ecrit=("ecritures", "imputations", "creances", "soldes", "suites_decisions"),
            regroupe=True,
        ),
    ),
    documents=(
        Document(
            "releve", "pipelines.comptabilite.documents.lettres:compose_lettres", au_choix="RELEVE"
        ),
    ),
    explications=(
        Explicable(
            "ecritures",
            "ecriture",
            "pipelines.comptabilite.explications.demandes:explain_entry",
        ),
        Explicable(
            "encaissements",
            "encaissement",
            "pipelines.comptabilite.explications.demandes:explain_payment",
        ),
        Explicable(
            "prelevements",
            "prelevement",
            "pipelines.comptabilite.explications.demandes:explain_debit",
        ),
        Explicable(
            "reglements",
            "reglement",
            "pipelines.comptabilite.explications.demandes:explain_transfer",
        ),
    ),
    cas=(("comptes", "pipelines.comptabilite.cas.execution"),),
    audits="pipelines.comptabilite.audits:AUDITS",
    decisions="pipelines.comptabilite.decisions:NATURES",
    listes=(
        Liste(
            "soldes",
            "soldes",
            "Solde de chaque centre de gestion, avec l'ancienneté de ce qui est échu.",
        ),
        Liste("creances", "creances", "Ce qui reste dû sur chaque appel, majorations comprises."),
        Liste("ecritures", "ecritures", "Grand livre des adhérents."),
    ),
)
