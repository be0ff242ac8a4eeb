"""The words of leave, for people who are not of payroll: counters, reasons, amounts of days."""

from __future__ import annotations

from datetime import date

from specs.contrats import columns_titles, valeurs_of
from specs.typographie import FINE, format_euros, format_jours, printable

CENT, MOIS_FRACTIONS = 100, 7_020_000
NATURES = {
    "CP": "congé payé",
    "5S": "cinquième semaine",
    "EN": "jours pour enfants à charge",
    "AN": "jours d’ancienneté",
    "FR": "jours de fractionnement",
    "CO": "indemnité compensatrice des jours qui restaient",
}
RETENUES = dict(valeurs_of("lignes_decompte", "code"))
DATES = ("debut", "fin")
TITRES = columns_titles("certificats")
COMPTEURS = dict(valeurs_of("compteurs_conges", "compteur"))


def format_nombre(centiemes: int) -> str:
    """1700 -> « 17 », 120 -> « 1,20 », for tables."""
    return format_jours(centiemes).split("\u00a0")[0]


def format_temps(fractions: int) -> str:
    """A length of time in months, to the hundredth: « 11,09 mois »."""
    centiemes = (fractions * CENT + MOIS_FRACTIONS // 2) // MOIS_FRACTIONS
    return f"{centiemes // CENT},{centiemes % CENT:02d}{FINE}mois"


def describe_periode(exercice: int) -> str:
    """The year of reference: « du 1er avril 2024 au 31 mars 2025 »."""
    return f"du 1er avril {exercice - 1} au 31 mars {exercice}"


def format_bornes(debut: date, fin: date) -> str:
    """« du 04/08/2025 au 23/08/2025 »."""
    return f"du {debut:%d/%m/%Y} au {fin:%d/%m/%Y}"


def name_value(nom: str) -> str:
    """A column of `certificats` as a title: « Salaires bruts de la période »."""
    titre = TITRES[nom]
    return f"{titre[:1].upper()}{titre[1:]}"


def write_value(nom: str, valeur: str | None) -> str:
    """A value of a certificate, kept as text, as it is read."""
    if valeur is None:
        return "rien"
    if nom in DATES:
        return f"{date.fromisoformat(valeur):%d/%m/%Y}"
    fin = nom.rpartition("_")[2]
    formes = {"fractions": format_temps, "centimes": format_euros, "centiemes": format_nombre}
    return formes[fin](int(valeur)) if fin in formes else printable(valeur)
