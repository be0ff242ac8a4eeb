"""Twelve months of RCP files: what is produced, when, what it tells, how long it stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.echanges.regles.calendriers import (
    PRODUCTIONS,
    RETRAITS,
    compute_calendriers,
    compute_dus,
    compute_echeances,
    compute_productions,
    find_suivies,
)
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois

SIREN, AUTRE = "999090012", "800000010"
PREMIER, DERNIER = date(2026, 1, 1), date(2026, 12, 31)
TOUS_LES_JOURS = [PREMIER + timedelta(days=n) for n in range((DERNIER - PREMIER).days + 1)]
SANS_PRODUCTION = pl.DataFrame(schema=PRODUCTIONS)


def _frame(table: str, rangees: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rangees), schema_polars(read_contrat(table)))


def _conventions(
    *periodes: tuple[date, date | None], siren: str = SIREN, numero: str = "1"
) -> pl.DataFrame:
    commun = {"convention": numero, "siren": siren, "nature": "RCP", "administrateur": None}
    return _frame("conventions", (commun | {"debut": d, "fin": f} for d, f in periodes))


def _choisies(dates: dict[str, date | None], nature: str = "RCP") -> pl.DataFrame:
    commun = {"siren": SIREN, "nature": nature, "etat": "PREVU"}
    return _frame("calendriers", (commun | {"mois": m, "date": d} for m, d in dates.items()))


def _produced(mois: str, jour: date, retire_le: date | None, siren: str = SIREN) -> pl.DataFrame:
    """One month told on a day by its own file."""
    ligne = (siren, mois, mois, "1", jour, 1, retire_le)
    return pl.DataFrame([ligne], PRODUCTIONS, orient="row")


def _play(
    conventions: pl.DataFrame, choisies: pl.DataFrame, nuits: Iterable[date]
) -> dict[date, set[tuple[str, str]]]:
    """What each night produces: (month of the file, month told)."""
    productions, rien = SANS_PRODUCTION, RETRAITS.to_frame()
    faits: dict[date, set[tuple[str, str]]] = {}
    for numero, nuit in enumerate(nuits):
        echeances = compute_echeances(conventions, choisies, nuit)
        dus = compute_dus(echeances, productions, nuit)
        if len(dus):
            faits[nuit] = set(dus.select("fichier", "mois").rows())
        productions = compute_productions(productions, rien, dus, nuit, numero)
    assert productions.select("siren", "mois").is_unique().all()
    return faits


def test_twelve_months_with_dates_moved_and_skipped() -> None:
    """By default the first of the next month; one moved, two skipped, one moved beyond the next."""
    choisies = _choisies(
        {
            "2026-02": date(2026, 3, 10),  # moved
            "2026-04": None,  # skipped: told with May
            "2026-06": None,
            "2026-07": None,  # both told with August
            "2026-09": date(2026, 11, 5),  # after October's own date
        }
    )
    faits = _play(_conventions((PREMIER, None)), choisies, TOUS_LES_JOURS)
    assert faits == {
        date(2026, 2, 1): {("2026-01", "2026-01")},
        date(2026, 3, 10): {("2026-02", "2026-02")},
        date(2026, 4, 1): {("2026-03", "2026-03")},
        date(2026, 6, 1): {("2026-05", "2026-04"), ("2026-05", "2026-05")},
        date(2026, 9, 1): {("2026-08", m) for m in ("2026-06", "2026-07", "2026-08")},
        date(2026, 11, 1): {("2026-10", "2026-10")},
        date(2026, 11, 5): {("2026-09", "2026-09")},
        date(2026, 12, 1): {("2026-11", "2026-11")},
    }


def test_a_night_that_did_not_run_is_caught_up() -> None:
    """What was due is produced by the next night, and once."""
    nuits = [date(2026, 1, 31), date(2026, 4, 3), date(2026, 4, 4)]
    faits = _play(_conventions((PREMIER, None)), _choisies({}), nuits)
    attendus = {(mois, mois) for mois in ("2026-01", "2026-02", "2026-03")}
    assert faits == {date(2026, 4, 3): attendus}


def test_a_convention_tells_the_months_that_it_touches() -> None:
    """From the month of its first day to that of its last one, whose file comes after it."""
    periodes = ((date(2026, 3, 15), date(2026, 4, 2)), (date(2026, 4, 20), date(2026, 5, 31)))
    premiers = [date(2026, mois, 1) for mois in range(1, 13)]
    faits = _play(_conventions(*periodes), _choisies({}), premiers)
    assert list(faits) == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]


def test_each_company_has_its_own_calendar() -> None:
    """What one was told says nothing of another; a file bears the convention of its month."""
    conventions = pl.concat(
        [
            _conventions((PREMIER, date(2026, 2, 10)), numero="1"),
            _conventions((date(2026, 2, 11), None), numero="2"),
            _conventions((PREMIER, None), siren=AUTRE, numero="3"),
        ]
    )
    choisies = _choisies({"2026-01": None})
    echeances = compute_echeances(conventions, choisies, date(2026, 3, 1))
    produites = _produced("2026-01", date(2026, 2, 1), None, AUTRE)
    dus = compute_dus(echeances, produites, date(2026, 3, 1))
    assert dus.rows() == [
        (AUTRE, "2026-02", "2026-02", "3"),
        (SIREN, "2026-01", "2026-02", "2"),
        (SIREN, "2026-02", "2026-02", "2"),
    ]


def test_a_company_fetches_all_the_files_of_a_publication() -> None:
    """The day of the last one stays: what is fetched is not looked at again."""
    posees = _produced("2026-01", date(2026, 2, 1), None)
    assert find_suivies(posees, date(2026, 2, 5)).rows() == [(SIREN, 1, date(2026, 2, 1))]
    pris = pl.DataFrame([(SIREN, 1, date(2026, 2, 4))], RETRAITS, orient="row")
    dus = compute_dus(
        compute_echeances(_conventions((PREMIER, None)), _choisies({}), date(2026, 3, 1)),
        posees,
        date(2026, 3, 1),
    )
    suivies = compute_productions(posees, pris, dus, date(2026, 3, 1), 7)
    assert suivies.select("mois", "produit_le", "publication", "retire_le").rows() == [
        ("2026-01", date(2026, 2, 1), 1, date(2026, 2, 4)),
        ("2026-02", date(2026, 3, 1), 7, None),
    ]
    assert find_suivies(suivies, date(2026, 3, 2)).rows() == [(SIREN, 7, date(2026, 3, 1))]
    assert find_suivies(suivies, date(2026, 5, 30)).is_empty()


@pytest.mark.parametrize(
    ("nuit", "retire_le", "etat"),
    [
        (date(2026, 2, 1), None, "PRODUIT"),
        (date(2026, 5, 1), None, "PRODUIT"),
        (date(2026, 5, 2), None, "EXPIRE"),
        (date(2026, 2, 3), date(2026, 2, 3), "RETIRE"),
        (date(2026, 9, 1), date(2026, 2, 3), "RETIRE"),
    ],
)
def test_a_file_is_kept_ninety_days(nuit: date, retire_le: date | None, etat: str) -> None:
    """Produced, then fetched or gone on the ninetieth day; a skipped month goes with its file."""
    choisies = _choisies({"2025-12": None})
    conventions = _conventions((date(2025, 12, 1), None))
    soir = date(2026, 2, 1)
    dus = compute_dus(compute_echeances(conventions, choisies, soir), SANS_PRODUCTION, soir)
    pris = pl.DataFrame([(SIREN, 3, retire_le)], RETRAITS, orient="row")
    produites = compute_productions(SANS_PRODUCTION, RETRAITS.to_frame(), dus, soir, 3)
    produites = compute_productions(produites, pris, dus.clear(), nuit, 4)
    lus = compute_calendriers(
        compute_echeances(conventions, choisies, nuit), choisies, produites, nuit
    )
    assert lus.head(3).rows() == [
        (SIREN, "RCP", "2025-12", None, etat),
        (SIREN, "RCP", "2026-01", soir, etat),
        (SIREN, "RCP", "2026-02", date(2026, 3, 1), "PREVU"),
    ]


def test_what_the_calendar_shows() -> None:
    """Twelve months to come, what was chosen beyond, and the dates of CPRP as they are written."""
    choisies = pl.concat(
        [_choisies({"2027-12": None}), _choisies({"2020-01": PREMIER}, nature="CPRP")]
    )
    echeances = compute_echeances(_conventions((PREMIER, None)), choisies, date(2026, 3, 5))
    lus = compute_calendriers(echeances, choisies, SANS_PRODUCTION, date(2026, 3, 5))
    mois = Mois.range(Mois(2026, 1), Mois(2027, 3))
    assert lus.select("nature", "mois").rows() == [
        ("CPRP", "2020-01"),
        *(("RCP", str(m)) for m in mois),
        ("RCP", "2027-12"),
    ]
    assert lus.schema == schema_polars(read_contrat("calendriers"))
    rien = compute_echeances(_conventions(), _choisies({}), PREMIER)
    assert compute_calendriers(rien, _choisies({}), SANS_PRODUCTION, PREMIER).is_empty()


CHOIX = st.dictionaries(
    st.integers(1, 12).map(lambda numero: str(Mois(2026, numero))),
    st.none() | st.integers(1, 70),
)


@given(CHOIX, st.lists(st.integers(1, 40), min_size=1, max_size=30))
@settings(max_examples=40)
def test_each_month_is_told_once(delais: dict[str, int | None], pas: list[int]) -> None:
    """Whatever dates a company chose, and whatever nights ran: once, on the first that may.

    The text again, a month at a time: a month has its date or goes with the next one that has one.
    """
    tous = Mois.range(Mois(2026, 1), Mois(2030, 12))
    dates = {str(mois): mois.next().first_day for mois in tous}
    choix = {
        mois: delai and Mois.parse(mois).last_day + timedelta(days=delai)
        for mois, delai in delais.items()
    }
    nuits = [PREMIER + timedelta(days=sum(pas[:n])) for n in range(len(pas) + 1)]
    attendus: dict[date, set[tuple[str, str]]] = {}
    voulues = dates | choix
    for mois in voulues:
        fichier = next(m for m in voulues if m >= mois and voulues[m] is not None)
        nuit = next((n for n in nuits if n >= (voulues[fichier] or DERNIER)), None)
        if nuit is not None:
            attendus.setdefault(nuit, set()).add((fichier, mois))
    assert _play(_conventions((PREMIER, None)), _choisies(choix), nuits) == attendus
