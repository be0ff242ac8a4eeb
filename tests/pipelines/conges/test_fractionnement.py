"""Days of splitting: seasons, continuous days, main leave alone."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.conges.regles.acquisition.fractionnement import compute_fractionnement
from specs.connaissances import Connaissances, read_connaissances
from tests.pipelines.conges.options import with_options

CLE = {"salarie": "P1", "exercice": 2026}
Prise = tuple[date, date]


def split(
    prises: list[Prise], acquis: int, savoir: Connaissances | None = None
) -> tuple[int, int, int, date] | None:
    """Summer, winter, days, and the day they are known; None while the main leave is not taken."""
    lignes = [
        CLE | {"debut": debut, "reprise": reprise, "departement": None} for debut, reprise in prises
    ]
    schema = {
        "salarie": pl.String, "exercice": pl.Int64, "debut": pl.Date, "reprise": pl.Date,
        "departement": pl.String,
    }  # fmt: skip
    jours = compute_fractionnement(
        pl.DataFrame(lignes, schema),
        pl.DataFrame([CLE | {"jours_legaux": acquis}]),
        savoir or read_connaissances(),
    )
    return next(jours.select("ete", "hiver", "jours", "connu_le").iter_rows(), None)


def week_days(debut: date, nombre: int) -> Prise:
    """A taking of so many days from Monday to Saturday, in weeks without a holiday."""
    jour, reste = debut, nombre
    while reste:
        reste -= jour.isoweekday() < 7
        jour += timedelta(1)
    return debut, jour + timedelta(jour.isoweekday() == 7)


SANS_FERIE, HIVER = date(2026, 8, 17), date(2027, 1, 11)


@pytest.mark.parametrize(
    ("acquis", "ete", "hiver", "jours"),
    [
        # EX-C-96: 30 days acquired.
        (30, 21, 3, 1), (30, 22, 2, 0), (30, 19, 5, 1), (30, 18, 6, 2), (30, 12, 12, 2),
        # EX-C-16, EX-C-97: fewer.
        (14, 12, 2, 0), (15, 12, 3, 1), (17, 12, 5, 1), (17, 11, 6, 0), (18, 12, 6, 2),
        # EX-C-14.
        (24, 21, 3, 1),
    ],
)  # fmt: skip
def test_seasons_of_the_main_leave(acquis: int, ete: int, hiver: int, jours: int) -> None:
    """Two days from 6 in winter, one from 3, with 12 continuous days in summer."""
    obtenu = split([week_days(SANS_FERIE, ete), week_days(HIVER, hiver)], acquis)
    assert obtenu is not None
    assert obtenu[:3] == (ete, hiver, jours)


@pytest.mark.parametrize(("acquis", "jours"), [(14, 0), (15, 1), (17, 1), (18, 2), (30, 2)])
def test_a_main_leave_of_winter_alone(acquis: int, jours: int) -> None:
    """EX-C-17: no continuous days are asked of it."""
    budget = min(24, acquis)
    prises = [week_days(HIVER, 6), week_days(date(2027, 2, 1), budget - 6)]
    obtenu = split(prises, acquis)
    assert obtenu is not None
    assert obtenu[:3] == (0, budget, jours)


def test_twelve_days_out_of_summer_count_by_option_only() -> None:
    """EX-C-96, last: 6 in summer, 18 in winter; two days under the option `toute_saison`."""
    prises = [week_days(SANS_FERIE, 6), week_days(HIVER, 18)]
    assert split(prises, 30) == (6, 18, 0, date(2027, 1, 30))
    autre = with_options(douze_jours="toute_saison")
    assert split(prises, 30, autre) == (6, 18, 2, date(2027, 1, 30))


def test_a_taking_is_cut_on_31_october() -> None:
    """EX-C-99: 26 October to 9 November 2026, All Saints being a Sunday."""
    obtenu = split([(date(2026, 10, 26), date(2026, 11, 9))], 12)
    assert obtenu is not None
    assert obtenu[:2] == (6, 6)


def test_takings_that_no_working_day_separates_are_one() -> None:
    """Two requests around a holiday make twelve continuous days, the holiday among them."""
    prises = [
        (date(2026, 7, 6), date(2026, 7, 14)),
        (date(2026, 7, 15), date(2026, 7, 20)),
        week_days(HIVER, 7),
    ]
    obtenu = split(prises, 18)
    assert obtenu is not None
    assert obtenu[:3] == (11, 7, 2)
    rompues = [(date(2026, 7, 6), date(2026, 7, 13)), *prises[1:], week_days(date(2026, 9, 7), 1)]
    assert (split(rompues, 18) or (0, 0, 9))[2] == 0


def test_the_fifth_week_never_counts_and_the_last_taking_tells() -> None:
    """RC-15, EX-C-98: takings of the main leave are given; beyond it, nothing counts."""
    prises = [
        (date(2026, 7, 6), date(2026, 7, 27)),
        (date(2026, 12, 28), date(2027, 1, 4)),
        (date(2027, 2, 22), date(2027, 2, 24)),
    ]
    assert split(prises, 30) == (17, 7, 2, date(2027, 2, 23))
    assert split(prises[:2], 30) is None
    assert split([*prises, week_days(date(2027, 3, 15), 6)], 30) == (17, 7, 2, date(2027, 2, 23))
