"""Who the employees are, once for all companies, and what their DSN say of their contracts."""

from __future__ import annotations

from pipelines.metier import Etape, Extraction, Liste, Metier, Portee

REGLES = "pipelines.salaries.regles"
PAR_SALARIE = (("identifiant", "salarie"),)


def _blocs(*numeros: int) -> tuple[str, ...]:
    return tuple(f"S21.G00.{numero}" for numero in numeros)


LUES = ("contrats_lus", "absences_lues", "remunerations_lues")
SALARIES = Metier(
    "salaries",
    etapes=(
        Etape(
            "identites",
            Portee.PART,
            titre="identité des salariés",
            prepare="pipelines.salaries.etapes:prepare_identites",
            plan="pipelines.salaries.etapes:plan_identites",
            lit=("declarations_lues", "identites_lues", "identites_mensuelles", "mois_exploites"),
            ecrit=(
                "identites_mensuelles",
                "identites",
                "rapprochements_salaries",
                "mois_exploites",
            ),
        ),
        Etape(
            "liens",
            Portee.CAISSE,
            titre="liens entre identifiants",
            prepare="pipelines.salaries.etapes:prepare_liens",
            lit=("identites", "rapprochements_salaries"),
            ecrit=("liens_salaries",),
        ),
        Etape(
            "salaries",
            Portee.PART,
            prepare="pipelines.salaries.etapes:prepare_salaries",
            plan="pipelines.declarations.etapes:plan_parts",
            temps="integrer",
            lit=(
                "declarations_lues",
                "declarations",
                "liens_salaries",
                "identites",
                "salaries",
                "mois_exploites",
                *LUES,
            ),
            ecrit=("absences", "remunerations", "contrats", "salaries", "mois_exploites"),
        ),
    ),
    audits="pipelines.salaries.audits:AUDITS",
    decisions="pipelines.salaries.decisions:NATURES",
    listes=(
        Liste(
            "salaries",
            "salaries",
            "Salariés que chaque entreprise déclare, et depuis quand.",
            autre=(
                "liens",
                "liens_salaries",
                "Identifiants qui désignent un même salarié, ou qui attendent une décision.",
            ),
        ),
        Liste(
            "contrats",
            "contrats",
            "Contrats des déclarations retenues, mois par mois, et leurs changements.",
        ),
        Liste("absences", "absences", "Arrêts et suspensions des déclarations retenues."),
    ),
    extractions=(
        Extraction(
            "identites_lues",
            f"{REGLES}.identites_lues:compute_identites",
            blocs=_blocs(30, 31),
            voiles=(
                *PAR_SALARIE,
                ("ntt", "temporaire"),
                ("nir_certifie", "certifie"),
                ("etat_civil", "etat_civil"),
                ("etat_civil_usage", "etat_civil_usage"),
            ),
        ),
        Extraction(
            "contrats_lus",
            f"{REGLES}.contrats_lus:compute_contrats",
            blocs=_blocs(30, 40, 41, 62, 86),
            voiles=PAR_SALARIE,
        ),
        Extraction(
            "absences_lues",
            f"{REGLES}.absences_lues:compute_absences",
            blocs=_blocs(30, 40, 60, 65),
            voiles=PAR_SALARIE,
        ),
        Extraction(
            "remunerations_lues",
            f"{REGLES}.remunerations_lues:compute_remunerations",
            blocs=_blocs(30, 40, 50, 51, 52, 53),
            voiles=PAR_SALARIE,
        ),
    ),
)
