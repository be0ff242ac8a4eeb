"""Months: a closed, ordered type."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.periodes import Mois

mois = st.builds(Mois, st.integers(1000, 3000), st.integers(1, 12))


@given(mois)
def test_text_and_back(valeur: Mois) -> None:
    """A month written then read again is the same month."""
    assert Mois.parse(str(valeur)) == valeur


@given(mois, mois)
def test_order_is_time(un: Mois, autre: Mois) -> None:
    """Months compare like their days, and like their texts."""
    assert (un < autre) == (un.first_day < autre.first_day) == (str(un) < str(autre))


@given(mois, st.integers(-1000, 1000))
def test_a_shift_can_be_undone(valeur: Mois, nombre: int) -> None:
    """Going forth then back the same number of months changes nothing."""
    assert valeur.shift(nombre).shift(-nombre) == valeur


@given(mois)
def test_months_follow_one_another_without_a_gap(valeur: Mois) -> None:
    """The day after the last day of a month is the first day of the next one."""
    lendemain = valeur.last_day + timedelta(days=1)
    assert lendemain == valeur.next().first_day
    assert Mois.from_date(lendemain).previous() == valeur


def test_range_includes_both_ends() -> None:
    """A range of months crosses the year and includes both ends; a reversed one is empty."""
    debut, fin = Mois(2025, 11), Mois(2026, 2)
    assert [str(m) for m in Mois.range(debut, fin)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert Mois.range(fin, debut) == ()


def test_last_day_of_february() -> None:
    """Leap years are those of the calendar."""
    assert Mois(2028, 2).last_day == date(2028, 2, 29)
    assert Mois(2026, 2).last_day == date(2026, 2, 28)


@pytest.mark.parametrize(
    "texte", ["2026-13", "2026-00", "2026-3", "03-2026", "2026-03-01", "", "٢٠٢٦-03"]
)
def test_another_text_is_refused(texte: str) -> None:
    """Only AAAA-MM with a month of the calendar is a month."""
    with pytest.raises(ValueError, match="mois"):
        Mois.parse(texte)
