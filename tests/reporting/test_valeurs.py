"""A value of a table as a reader sees it."""

from __future__ import annotations

from datetime import date

import pytest

from reporting.valeurs import format_valeur, write_cellules, write_intitule
from specs.contrats import read_contrat


def test_valeur_absente() -> None:
    """An absent value is an empty text, a false one is not."""
    assert format_valeur(None, "centimes") == ""
    assert format_valeur(valeur=False, nature="booleen") == "non"


@pytest.mark.parametrize(
    ("valeur", "nature", "attendu"),
    [
        (-2_520, "centimes", "−25,20"),
        (283_500, "centiemes", "2\u202f835,00"),
        (1_234, "entier", "1\u202f234"),
        (2_026, "annee", "2026"),
        (210_000, "ppm", "21\u202f%"),
        (1_250, "ppm", "0,125\u202f%"),
        (date(2026, 4, 25), "date", "25/04/2026"),
        ("C1", "texte", "C1"),
    ],
)
def test_valeur_par_nature(valeur: object, nature: str, attendu: str) -> None:
    """Amounts, rates and days follow the typography of the documents."""
    assert format_valeur(valeur, nature) == attendu


def test_a_time_of_leave_is_read_in_months() -> None:
    """Not in fractions of one, neither its value nor its title."""
    colonnes = [c for c in read_contrat("droits").colonnes if c.nom == "mois_retenus_fractions"]
    (cellule,) = write_cellules({"mois_retenus_fractions": 84_240_000 + 3_510_000}, colonnes)
    assert cellule.texte == "12,50\u202fmois"
    assert write_intitule(colonnes[0].titre) == "Temps retenu"
