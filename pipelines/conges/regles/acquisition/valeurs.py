"""Dated values and options of what is acquired, one row a leave year."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import reference_month
from specs.baremes import ValeurManquante
from specs.connaissances import Connaissances
from specs.periodes import Mois

ACQUISITION, FORFAIT, PETITES = "ACQUISITION_CONGES", "FORFAIT_CONGES", "PETITES_DUREES_CONGES"
SEUIL, ANCIENNETE, ENFANTS = "SEUIL_PRIME_CONGES", "ANCIENNETE_CONGES", "ENFANTS_CONGES"
REPORT, CERTIFICAT, FRACTIONNEMENT = (
    "REPORT_CONGES",
    "CERTIFICAT_CONGES",
    "FRACTIONNEMENT_CONGES",
)
INTEMPERIES = "CONGES_INTEMPERIES"


def read_valeur(savoir: Connaissances, code: str, serie: str, mois: Mois) -> int:
    """A dated value; ValeurManquante when none is known."""
    valeur = savoir.baremes[code].find(serie, mois)
    if valeur is None:
        raise ValeurManquante(f"aucune valeur connue pour {code} ({serie}) en {mois}")
    return valeur


def read_valeurs(
    exercices: pl.Series, savoir: Connaissances, code: str, *series: str
) -> pl.DataFrame:
    """exercice, and a column a series: its value for that leave year."""
    lignes = [
        (exercice, *(read_valeur(savoir, code, s, reference_month(exercice)) for s in series))
        for exercice in exercices.unique().sort().to_list()
    ]
    schema = {"exercice": pl.Int64(), **dict.fromkeys(series, pl.Int64())}
    return pl.DataFrame(lignes, schema, orient="row")


def years_where(exercices: pl.Series, savoir: Connaissances, option: str, choix: str) -> list[int]:
    """The leave years for which the option has that answer."""
    return [
        exercice
        for exercice in exercices.unique().sort().to_list()
        if savoir.option_at(option, reference_month(exercice)) == choix
    ]
