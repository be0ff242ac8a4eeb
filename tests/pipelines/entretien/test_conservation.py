"""Which publications are kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.entretien.conservation import MOIS_GARDES, find_retirees
from specs.options import read_options

# One every ten days from January 2024: 110 of them, until December 2026.
DEBUT = date(2024, 1, 1)
NUITS = {rang + 1: DEBUT + timedelta(days=10 * rang) for rang in range(110)}
JOUR = date(2026, 12, 31)


def test_all_are_kept_unless_the_fund_says_otherwise() -> None:
    """Whatever their age."""
    assert find_retirees(NUITS, "toutes", JOUR) == []


@pytest.mark.parametrize("choix", ["mois_12", "mois_24"])
def test_some_months_and_each_closing(choix: str) -> None:
    """Those of the months, the last one as of each 31 March, nothing else."""
    retirees = set(find_retirees(NUITS, choix, JOUR))
    gardees = [arrete for numero, arrete in NUITS.items() if numero not in retirees]
    limite = {"mois_12": date(2025, 12, 1), "mois_24": date(2024, 12, 1)}[choix]
    anciennes = [arrete for arrete in gardees if arrete < limite]
    clotures = {"mois_12": [date(2024, 3, 31), date(2025, 3, 26)], "mois_24": [date(2024, 3, 31)]}
    assert anciennes == clotures[choix]
    assert set(NUITS.values()) - set(gardees) == {
        arrete for arrete in NUITS.values() if arrete < limite and arrete not in clotures[choix]
    }


def test_the_last_two_are_always_kept() -> None:
    """A fund that has not published for years has its last state, and the one before."""
    publications = {1: date(2020, 5, 1), 2: date(2020, 6, 1), 3: date(2020, 6, 2)}
    assert find_retirees(publications, "mois_12", JOUR) == [1]
    assert find_retirees({}, "mois_12", JOUR) == []


def test_the_rule_knows_the_choices_of_the_option() -> None:
    """No other, none missing."""
    assert set(read_options()["publications_conservees"].choix) == set(MOIS_GARDES)
