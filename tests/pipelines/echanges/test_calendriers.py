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
    compute_calendriers,
    compute_dus,
    compute_echeances,
    compute_expires,
)
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois

SIREN, AUTRE = "999090012", "800000010"
CENTRES = pl.DataFrame({"cdg": ["C1", "C2", "C3"], "siren": [SIREN, SIREN, AUTRE]})
PREMIER, DERNIER = date(2026, 1, 1), date(2026, 12, 31)
TOUS_LES_JOURS = [PREMIER + timedelta(days=n) for n in range((DERNIER - PREMIER).days + 1)]
SANS_PRODUCTION = pl.DataFrame(schema=PRODUCTIONS)


def _frame(table: str, rangees: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rangees), schema_polars(read_contrat(table)))


def _conventions(*periodes: tuple[date, date | None], siren: str = SIREN) -> pl.DataFrame:
    commun = {"convention": "1", "siren": siren, "nature": "RCP", "administrateur": None}
    return _frame("conventions", (commun | {"debut": d, "fin": f} for d, f in periodes))


def _choisies(dates: dict[str, date | None], nature: str = "RCP") -> pl.DataFrame:
    commun = {"siren": SIREN, "nature": nature, "etat": "PREVU"}
    return _frame("calendriers", (commun | {"mois": m, "date": d} for m, d in dates.items()))


def _play(
    conventions: pl.DataFrame, choisies: pl.DataFrame, nuits: Iterable[date], retrait: int
) -> dict[date, set[tuple[str, str]]]:
    """What each night produces: (month of the file, month told), of the centre C1.

    The company fetches a file `retrait` days after it was produced.
    """
    productions = SANS_PRODUCTION
    faits: dict[date, set[tuple[str, str]]] = {}
    for nuit in nuits:
        echeances = compute_echeances(conventions, choisies, nuit)
        dus = compute_dus(echeances, productions, CENTRES, nuit)
        siens = dus.filter(cdg="C1").select("mois", "mois_paiement").rows()
        if siens:
            faits[nuit] = set(siens)
        nouvelles = dus.select(
            "siren",
            "mois",
            produit_le=pl.lit(nuit),
            retire_le=pl.lit(nuit + timedelta(days=retrait)),
        )
        productions = pl.concat([productions, nouvelles.unique()])
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
    faits = _play(_conventions((PREMIER, None)), choisies, TOUS_LES_JOURS, 5)
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
    faits = _play(_conventions((PREMIER, None)), _choisies({}), nuits, 5)
    attendus = {(mois, mois) for mois in ("2026-01", "2026-02", "2026-03")}
    assert faits == {date(2026, 4, 3): attendus}


def test_a_convention_tells_the_months_that_it_touches() -> None:
    """From the month of its first day to that of its last one, whose file comes after it."""
    periodes = ((date(2026, 3, 15), date(2026, 4, 2)), (date(2026, 4, 20), date(2026, 5, 31)))
    premiers = [date(2026, mois, 1) for mois in range(1, 13)]
    faits = _play(_conventions(*periodes), _choisies({}), premiers, 5)
    assert list(faits) == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]


def test_a_file_a_centre_of_each_company() -> None:
    """Each company has its own calendar, each of its centres its own file."""
    conventions = pl.concat(
        [_conventions((PREMIER, None)), _conventions((PREMIER, None), siren=AUTRE)]
    )
    choisies = _choisies({"2026-01": None})
    echeances = compute_echeances(conventions, choisies, date(2026, 3, 1))
    produites = pl.DataFrame(
        [(AUTRE, "2026-01", date(2026, 2, 1), None)], PRODUCTIONS, orient="row"
    )
    dus = compute_dus(echeances, produites, CENTRES, date(2026, 3, 1))
    assert dus.rows() == [
        (AUTRE, "C3", "2026-02", "2026-02"),
        *((SIREN, cdg, "2026-02", mois) for cdg in ("C1", "C2") for mois in ("2026-01", "2026-02")),
    ]


@pytest.mark.parametrize(
    ("nuit", "retire_le", "etat", "expire"),
    [
        (date(2026, 1, 31), None, "PREVU", False),
        (date(2026, 2, 1), None, "PRODUIT", False),
        (date(2026, 5, 1), None, "PRODUIT", False),
        (date(2026, 5, 2), None, "EXPIRE", True),
        (date(2026, 2, 3), date(2026, 2, 3), "RETIRE", False),
        (date(2026, 2, 2), date(2026, 2, 3), "PRODUIT", False),
        (date(2026, 9, 1), date(2026, 2, 3), "RETIRE", False),
    ],
)
def test_a_file_is_kept_ninety_days(
    nuit: date, retire_le: date | None, etat: str, expire: bool
) -> None:
    """Produced, then fetched or gone on the ninetieth day; a skipped month goes with its file."""
    choisies = _choisies({"2025-12": None})
    echeances = compute_echeances(_conventions((date(2025, 12, 1), None)), choisies, nuit)
    produites = pl.DataFrame(
        [(SIREN, "2026-01", date(2026, 2, 1), retire_le)], PRODUCTIONS, orient="row"
    )
    lus = compute_calendriers(echeances, choisies, produites, nuit)
    assert lus.head(3).rows() == [
        (SIREN, "RCP", "2025-12", None, etat),
        (SIREN, "RCP", "2026-01", date(2026, 2, 1), etat),
        (SIREN, "RCP", "2026-02", date(2026, 3, 1), "PREVU"),
    ]
    siennes = produites.filter(pl.col("produit_le") <= nuit)
    expires = [(SIREN, "2026-01", date(2026, 5, 2))] if expire else []
    assert compute_expires(siennes, nuit).rows() == expires


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
    assert _play(_conventions((PREMIER, None)), _choisies(choix), nuits, 5) == attendus
