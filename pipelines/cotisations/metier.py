"""Contribution calls."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Explicable, Liste, Metier, Portee

COTISATIONS = Metier(
    "cotisations",
    etapes=(
        Etape(
            "cotisations",
            Portee.PART,
            titre="cotisations",
            prepare="pipelines.cotisations.etapes:prepare_appels",
            plan="pipelines.declarations.etapes:plan_parts",
            temps="appeler",
            lit=(
                "declarations",
                "bases",
                "declarations_lues",
                "lignes_en_vigueur",
                "releves_lus",
                "bases_relevees",
                "releves_tdp",
                "bases_tdp",
                "liens_salaries",
            ),
            ecrit=("bases", "lignes_appel", "appels", "cumuls_cotisations", "valeurs_tdp"),
            en_essai=True,
        ),
    ),
    documents=(
        Document(
            "appel",
            "pipelines.cotisations.documents.lettres:compose_lettres_appels",
            au_choix="APPEL",
        ),
        Document("app", "pipelines.cotisations.documents.app:compose_lettres_app"),
        Document(
            "recapitulatif",
            "pipelines.cotisations.documents.lettres:compose_lettres_recapitulatifs",
            au_choix="RECAPITULATIF",
        ),
    ),
    explications=(
        Explicable(
            "appels",
            "appel",
            "pipelines.cotisations.explications.demandes:explain_row",
            par_ligne=True,
        ),
    ),
    cas=(("cotisations", "pipelines.cotisations.cas.execution"),),
    audits="pipelines.cotisations.audits:AUDITS",
    listes=(
        Liste("appels", "appels", "Appels de cotisations, un par centre de gestion et par mois."),
    ),
)
