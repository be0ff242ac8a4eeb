"""Deadlines, windows of hours, receptions: the dates of bad weather."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intemperies.regles.delais import (
    compute_echeance,
    compute_fenetre,
    received_on,
    shift_months,
)
from specs.baremes import valeur_at
from specs.jours_feries import jours_feries
from specs.montants import round_half_away
from specs.periodes import Mois

JOURS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("premier_perdu", "debut", "fin"),
    [
        (date(2026, 4, 30), date(2026, 2, 28), date(2026, 4, 29)),
        (date(2025, 12, 31), date(2025, 10, 31), date(2025, 12, 30)),
        (date(2026, 3, 1), date(2026, 1, 1), date(2026, 2, 28)),
    ],
)
def test_the_window_of_200_hours_is_two_months_to_the_day(
    premier_perdu: date, debut: date, fin: date
) -> None:
    """EX-I-111, and EX-I-15: two months, not three; a missing day is the last of its month."""
    assert compute_fenetre(premier_perdu) == (debut, fin)


@given(JOURS)
def test_a_tolerated_deadline_is_a_working_day_or_the_strict_one(reprise: date) -> None:
    """Never before the strict one; when later, it is worked and its month is past the 30 days."""
    stricte = compute_echeance(reprise, tolere=False)
    echeance = compute_echeance(reprise, tolere=True)
    assert stricte == shift_months(reprise, 1)
    assert echeance >= stricte
    if echeance > stricte:
        assert echeance.weekday() < 5
        assert echeance not in jours_feries(echeance.year)
        assert echeance >= Mois.from_date(reprise + timedelta(days=30)).last_day


def test_a_reception_is_of_its_paris_day() -> None:
    """Winter and summer time, to the second (EX-I-113, RI-06)."""
    instants = {
        "2026-03-02T22:59:59Z": date(2026, 3, 2),
        "2026-03-02T23:00:00Z": date(2026, 3, 3),
        "2026-04-30T21:59:59Z": date(2026, 4, 30),
        "2026-04-30T22:00:00Z": date(2026, 5, 1),
    }
    lus = pl.DataFrame({"instant": list(instants)}).select(received_on(pl.col("instant")))
    assert lus.to_series().to_list() == list(instants.values())


@pytest.mark.parametrize("annee", [2024, 2025, 2026])
def test_the_hourly_ceiling_comes_from_the_monthly_one(annee: int) -> None:
    """EX-I-17: monthly x 12 / 1607, to the nearest euro (D242-19)."""
    mois = Mois(annee, 1)
    mensuel = valeur_at("PLAFOND_SECURITE_SOCIALE", "montant_mensuel_centimes", mois)
    horaire = valeur_at("PLAFOND_HORAIRE", "montant_horaire_centimes", mois)
    assert horaire == round_half_away(mensuel * 12, 160_700) * 100
