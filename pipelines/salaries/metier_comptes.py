"""Bank accounts of employees: a business beside that of who they are."""

from __future__ import annotations

from pipelines.metier import Etape, Liste, Metier, Portee

COMPTES_SALARIES = Metier(
    "comptes_salaries",
    etapes=(
        Etape(
            "comptes_salaries",
            Portee.PART,
            titre="comptes bancaires des salariés",
            prepare="pipelines.salaries.comptes:prepare_comptes",
            plan="pipelines.echanges.etapes:plan_echanges",
            temps="integrer",
            apres=("liens",),
            lit=(
                "lignes_en_vigueur",
                "comptes_lus",
                "identites_echange",
                "identites_lues",
                "declarations_lues",
                "liens_salaries",
            ),
            ecrit=("comptes_salaries", "constats_rib"),
            en_essai=True,
        ),
    ),
    audits="pipelines.salaries.audits_comptes:AUDITS",
    decisions="pipelines.salaries.decisions_comptes:NATURES",
    listes=(
        Liste(
            "comptes-salaries",
            "comptes_salaries",
            "Comptes bancaires des salariés : jours où chacun sert, titulaires à confirmer.",
        ),
    ),
)
