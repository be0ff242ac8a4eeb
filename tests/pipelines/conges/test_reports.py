"""Days carried over after sickness, and the last day to ask for leave."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.conges.regles.acquisition.connu import SCHEMAS
from pipelines.conges.regles.acquisition.reports import (
    compute_reports,
    last_day_to_ask,
    with_end,
)
from specs.connaissances import read_connaissances

SAVOIR = read_connaissances()


def reports(**valeurs: object) -> pl.DataFrame:
    """One record 12."""
    defauts = {
        "salarie": "P1", "exercice": 2025, "days": 1_000, "reason": "M",
        "stop_from": date(2025, 9, 1), "resumed": None, "informed": None,
    }  # fmt: skip
    ligne = {nom: (defauts | valeurs).get(nom) for nom in SCHEMAS["reports"]}
    return pl.DataFrame([ligne], SCHEMAS["reports"])


@pytest.mark.parametrize(
    ("informe", "fin"),
    [
        # EX-C-115, then RC-07.
        (date(2026, 3, 10), date(2027, 6, 10)), (date(2025, 11, 30), date(2027, 2, 28)),
        (date(2025, 8, 31), date(2026, 11, 30)), (date(2026, 5, 15), date(2027, 8, 15)),
        (date(2026, 11, 30), date(2028, 2, 29)), (date(2024, 2, 29), date(2025, 5, 29)),
    ],
)  # fmt: skip
def test_fifteen_months_from_the_information(informe: date, fin: date) -> None:
    """The same day of the month, 15 months later, within the month."""
    assert with_end(reports(informed=informe, resumed=informe), SAVOIR)["fin"].to_list() == [fin]


def test_without_information_nothing_runs() -> None:
    """The days stay due."""
    assert with_end(reports(resumed=date(2026, 2, 2)), SAVOIR)["fin"].to_list() == [None]


@pytest.mark.parametrize(
    ("reprise", "informe", "fin"),
    [
        (None, None, date(2027, 6, 30)),
        (date(2026, 9, 1), date(2026, 9, 21), date(2027, 7, 20)),
        (date(2026, 9, 1), None, None),
        (date(2027, 7, 1), None, date(2027, 6, 30)),
    ],
)
def test_leave_acquired_in_a_stoppage_of_a_year(
    reprise: date | None, informe: date | None, fin: date | None
) -> None:
    """EX-C-116: from 31 March, stopped from the return to the information; or already over."""
    long = reports(exercice=2026, stop_from=date(2025, 2, 10), resumed=reprise, informed=informe)
    assert with_end(long, SAVOIR)["fin"].to_list() == [fin]


@pytest.mark.parametrize(
    ("arret", "fin"), [(date(2025, 4, 1), date(2027, 6, 30)), (date(2025, 4, 2), None)]
)
def test_a_year_begins_on_1_april(arret: date, fin: date | None) -> None:
    """L-39: stopped since 1 April of the year before, or earlier."""
    assert with_end(reports(exercice=2026, stop_from=arret), SAVOIR)["fin"].to_list() == [fin]


def left(principal: int, cinquieme: int) -> pl.DataFrame:
    """Days left on 30 April."""
    return pl.DataFrame(
        {
            "salarie": ["P1"] * 2,
            "exercice": [2025] * 2,
            "compteur": ["PRINCIPAL", "CINQUIEME"],
            "reste_centiemes": [principal, cinquieme],
        },
        {"salarie": pl.String, "exercice": pl.Int64, "compteur": pl.String,
         "reste_centiemes": pl.Int64},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("jours", "restes", "passes"),
    [
        (1_000, (2_400, 600), (-1_000, 0, 1_000)),
        (1_000, (700, 600), (-700, -300, 1_000)),
        (1_000, (300, 600), (-300, -600, 900)),
    ],
)
def test_days_pass_from_the_main_leave_first(
    jours: int, restes: tuple[int, int], passes: tuple[int, int, int]
) -> None:
    """L-64, L-41: no more than what is left."""
    lignes = reports(days=jours, informed=date(2026, 3, 10), resumed=date(2026, 3, 10))
    obtenus = compute_reports(lignes, left(*restes), date(2026, 4, 30), SAVOIR)
    par_compteur = dict(obtenus.select("compteur", "passe_centiemes").iter_rows())
    assert tuple(par_compteur[c] for c in ("PRINCIPAL", "CINQUIEME", "REPORT")) == passes


def test_nothing_passes_before_the_evening_of_30_april() -> None:
    """L-64: until then, the days stay on their counter."""
    lignes = reports(informed=date(2026, 3, 10), resumed=date(2026, 3, 10))
    assert compute_reports(lignes, left(2_400, 600), date(2026, 4, 29), SAVOIR).is_empty()


def test_the_last_day_to_ask() -> None:
    """EX-C-117: 30 April N+4; days carried over, three years after their end (L-28)."""
    jours = pl.DataFrame(
        {"exercice": [2022, 2025], "annees": [3, 3], "fin": [None, date(2026, 11, 30)]}
    ).select(
        dernier=last_day_to_ask(pl.col("exercice"), pl.col("annees"), pl.col("fin").cast(pl.Date))
    )
    assert jours["dernier"].to_list() == [date(2026, 4, 30), date(2029, 11, 30)]
