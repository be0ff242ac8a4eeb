"""Who the employees are, once for all companies, and what their DSN say of their contracts."""

from __future__ import annotations

from pipelines.metier import Extraction, Metier

REGLES = "pipelines.salaries.regles"
PAR_SALARIE = (("identifiant", "salarie"),)


def _blocs(*numeros: int) -> tuple[str, ...]:
    return tuple(f"S21.G00.{numero}" for numero in numeros)


SALARIES = Metier(
    "salaries",
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
