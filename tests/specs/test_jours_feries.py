"""Legal holidays: the eleven of the Code du travail, the two of Alsace-Moselle."""

from __future__ import annotations

from datetime import date

import pytest

from specs.jours_feries import jours_feries


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
