"""A value of a table as a reader sees it."""

from __future__ import annotations

from datetime import date

import pytest

from reporting.valeurs import format_valeur


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
