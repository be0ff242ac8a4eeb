from __future__ import annotations

from datetime import date

import pytest

from reporting import francais


@pytest.mark.parametrize(
    ("centimes", "attendu"),
    [
        (0, "0,00"),
        (5, "0,05"),
        (-2_520, "−25,20"),
        (283_500, "2\u202f835,00"),
        (-123_456_789, "−1\u202f234\u202f567,89"),
    ],
)
def test_euros(centimes: int, attendu: str) -> None:
    """An amount has a comma, two decimals, thousands apart and a real minus sign."""
    assert attendu == francais.format_euros(centimes)


@pytest.mark.parametrize(
    ("ppm", "attendu"),
    [
        (210_000, "21,00\u202f%"),
        (1_250, "0,125\u202f%"),
        (1, "0,0001\u202f%"),
        (-5_000, "−0,50\u202f%"),
    ],
)
def test_taux(ppm: int, attendu: str) -> None:
    """A rate shows every decimal it has, and two at least."""
    assert attendu == francais.format_taux(ppm)


def test_dates() -> None:
    """Days, months and instants are read in French, instants at the clock of Paris."""
    assert francais.format_date_longue(date(2026, 4, 1)) == "1er avril 2026"
    assert francais.format_date(date(2026, 4, 25)) == "25/04/2026"
    assert francais.format_mois("2026-03") == "mars 2026"
    assert francais.format_mois("2026-13") == "2026-13"
    assert francais.format_instant("2026-03-31T20:05:00Z") == "31/03/2026 à 22:05"
    assert francais.format_instant("2026-12-31T23:05:00+00:00") == "01/01/2027 à 00:05"


def test_valeur_absente() -> None:
    """An absent value is an empty text, a false one is not."""
    assert francais.format_valeur(None, "centimes") == ""
    assert francais.format_valeur(valeur=False, nature="booleen") == "non"
