"""What is only told of a declaration: each signal, and the situation next to it without one."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.intemperies.regles.signalements import (
    check_certified_hours,
    check_dsn_hours,
    check_frequency,
    check_isolated,
    check_wages,
)
from specs.connaissances import read_connaissances
from specs.periodes import Mois

SAVOIR = read_connaissances()
LIGNE = {"siren": "800000010", "declaration": "D1", "salarie": "P1"}


def told(dits: pl.DataFrame) -> list[tuple[str, str | None]]:
    """Codes and variants."""
    return dits.select("code", "variante").rows()


@pytest.mark.parametrize(
    ("rate", "attendus"),
    [
        (160_000, []),
        (176_001, [("IN-031", None)]),  # 16 euros an hour in the DSN, and 10 % more
        (176_000, []),
        (143_999, [("IN-031", None)]),
        (1_000_001, [("IN-031", None), ("IN-031", "mensuel")]),
    ],
)
def test_a_wage_is_compared_with_the_last_whole_month(
    rate: int, attendus: list[tuple[str, str | None]]
) -> None:
    """By more than a tenth; the month of the stop itself is not looked at."""
    lignes = pl.DataFrame([{**LIGNE, "rate": rate, "premier_jour": date(2026, 1, 13)}])
    bases = pl.DataFrame(
        {
            "siren": ["800000010"] * 3,
            "salarie": ["P1"] * 3,
            "mois": ["2025-11", "2025-12", "2026-01"],
            "montant_centimes": [900_000, 242_672, 10_000],
        }
    )
    assert told(check_wages(lignes, bases, SAVOIR)) == attendus


@pytest.mark.parametrize(
    ("heures", "suspendu", "connu", "attendus"),
    [
        (1400, False, True, []),
        (1500, False, True, []),
        (1501, False, True, [("IN-040", "ecart")]),
        (None, True, True, []),
        (None, False, True, [("IN-040", None)]),
        (None, False, False, []),
    ],
)
def test_the_dsn_of_the_month_tells_the_stop(
    heures: int | None, suspendu: bool, connu: bool, attendus: list[tuple[str, str | None]]
) -> None:
    """Hours within one hour, or the suspension; nothing is said before that DSN counts."""
    jours = pl.DataFrame(
        [{**LIGNE, "date": date(2026, 1, n), "perdues_centiemes": 700} for n in (13, 14)]
    )
    mois = {"siren": ["800000010"], "mois": ["2026-01" if connu else "2025-12"]}
    dits = pl.DataFrame(
        [("800000010", "P1", "2026-01", heures, suspendu)],
        {
            "siren": pl.String,
            "salarie": pl.String,
            "mois": pl.String,
            "heures_centiemes": pl.Int64,
            "suspendu": pl.Boolean,
        },
        orient="row",
    )
    assert told(check_dsn_hours(jours, dits, pl.DataFrame(mois), SAVOIR)) == attendus


@pytest.mark.parametrize(
    ("fevrier", "certifiees", "attendus"),
    [
        (10_000, 20_000, []),
        (9_999, 20_000, [("IN-014", None)]),
        (9_999, 19_999, []),  # refused: IN-011 says it
    ],
)
def test_certified_hours_are_compared_with_an_estimate(
    fevrier: int, certifiees: int, attendus: list[tuple[str, str | None]]
) -> None:
    """A month cut by the window counts in proportion of its days from Monday to Friday."""
    # 16/01 to 15/03/2026: 11 of 22 days of January, all of February, 10 of 22 of March.
    lignes = pl.DataFrame([{**LIGNE, "hours_2m": certifiees, "premier_jour": date(2026, 3, 16)}])
    travaillees = pl.DataFrame(
        {
            "salarie": ["P1"] * 3,
            "mois": ["2026-01", "2026-02", "2026-03"],
            "heures_centiemes": [10_000, fevrier, 11_000],
        }
    )
    assert told(check_certified_hours(lignes, travaillees, SAVOIR)) == attendus


def test_a_month_that_is_not_known_leaves_the_hours_unsaid() -> None:
    """An estimate is made on the whole window or not at all."""
    lignes = pl.DataFrame([{**LIGNE, "hours_2m": 20_000, "premier_jour": date(2026, 3, 16)}])
    seul = pl.DataFrame({"salarie": ["P1"], "mois": ["2026-02"], "heures_centiemes": [100]})
    assert told(check_certified_hours(lignes, seul, SAVOIR)) == []


@pytest.mark.parametrize(
    ("departement", "a_juger", "attendus"),
    [
        ("77", True, []),
        ("78", True, [("IN-050", None)]),
        ("78", False, []),
    ],
)
def test_a_day_that_nobody_else_lost_is_told(
    departement: str, a_juger: bool, attendus: list[tuple[str, str | None]]
) -> None:
    """In the department, on the day, once the declaration can no longer come."""
    jour = {"arret": "01", "date": date(2026, 1, 13)}
    jours = pl.DataFrame(
        [
            {**LIGNE, **jour, "a_juger": a_juger},
            {**LIGNE, **jour, "siren": "900000015", "a_juger": False},
        ]
    )
    arrets = pl.DataFrame(
        {
            "siren": ["800000010", "900000015"],
            "declaration": ["D1", "D1"],
            "arret": ["01", "01"],
            "departement": [departement, "77"],
        }
    )
    assert told(check_isolated(jours, arrets)) == attendus


@pytest.mark.parametrize(("heures", "attendus"), [(300, []), (301, [("IN-050", "heures")])])
def test_a_company_far_above_the_branch_is_told(
    heures: int, attendus: list[tuple[str, str | None]]
) -> None:
    """Hours for a euro of wages, above three times those of all companies together."""
    entreprises = pl.DataFrame(
        {
            "siren": ["800000010", "900000015"],
            "heures_centiemes": [heures, 700],
            "salaires_centimes": [1_000, 9_000],
        }
    )
    lignes = pl.DataFrame([LIGNE])
    assert told(check_frequency(lignes, entreprises, SAVOIR, Mois(2026, 1))) == attendus
