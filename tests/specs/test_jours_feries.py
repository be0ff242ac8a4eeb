"""Legal holidays: the eleven of the Code du travail, the two of Alsace-Moselle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from specs.jours_feries import OPTION, feries_at, jours_feries
from specs.options import Choix, OptionRefusee, read_options


def test_les_feries_d_une_annee() -> None:
    """Eleven days in 2026, two more in Bas-Rhin, none more elsewhere."""
    assert [f"{jour:%d/%m}" for jour in jours_feries(2026)] == [
        *("01/01", "06/04", "01/05", "08/05", "14/05", "25/05"),
        *("14/07", "15/08", "01/11", "11/11", "25/12"),
    ]
    assert set(jours_feries(2026, "67")) - set(jours_feries(2026)) == {
        date(2026, 4, 3),
        date(2026, 12, 26),
    }
    assert jours_feries(2026, "75") == jours_feries(2026)


@pytest.mark.parametrize("annee", [1, 2008, 9999])
def test_une_annee_quelconque(annee: int) -> None:
    """Every year of the calendar has its holidays, in order, each once (Ascension may be 1 May)."""
    jours = jours_feries(annee)
    assert list(jours) == sorted(set(jours))
    assert len(jours) in (10, 11)


def test_good_friday_follows_its_option_in_alsace_moselle_alone() -> None:
    """By department, or a working day; 26 December and Easter Monday stay; elsewhere nothing."""
    vendredi, lundi, lendemain = date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 26)
    partout = read_options()
    ouvrable = {
        **partout,
        OPTION: replace(
            partout[OPTION], valeurs=(Choix(date(2026, 4, 1), "ouvrable", "essai", None),)
        ),
    }
    assert {vendredi, lundi, lendemain} <= set(feries_at(2026, "68", partout))
    assert set(jours_feries(2026, "68")) - set(feries_at(2026, "68", ouvrable)) == {vendredi}
    assert feries_at(2026, "75", ouvrable) == jours_feries(2026)
    assert feries_at(1, "67", partout) == jours_feries(1, "67")


def test_the_answer_that_nothing_applies_yet_is_refused() -> None:
    """No file tells the commune of a place of work."""
    options = read_options()
    communes = replace(options[OPTION], valeurs=(Choix(date.min, "communes", "essai", None),))
    with pytest.raises(OptionRefusee):
        feries_at(2026, "67", {OPTION: communes})
