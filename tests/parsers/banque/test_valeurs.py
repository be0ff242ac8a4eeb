"""Days as banks write them: those of Paris."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.banque.valeurs import parse_jour


@pytest.mark.parametrize(
    ("texte", "jour"),
    [
        ("2026-04-23", date(2026, 4, 23)),
        ("2026-04-23Z", date(2026, 4, 23)),
        ("2026-04-23-11:00", date(2026, 4, 23)),
        ("2026-04-22T22:30:00Z", date(2026, 4, 23)),
        ("2026-01-22T22:30:00Z", date(2026, 1, 22)),
        ("2026-01-22T23:30:00.123456789Z", date(2026, 1, 23)),
        ("2026-04-23T00:30:00+02:00", date(2026, 4, 23)),
        ("2026-04-23T00:30:00+14:00", date(2026, 4, 22)),
        ("2026-04-22T23:59:59", date(2026, 4, 22)),
        ("2026-04-22T24:00:00", date(2026, 4, 23)),
        ("2026-02-29", None),
        ("1999-12-31", None),
        ("12026-04-23", None),
        ("-2026-04-23", None),
        ("23/04/2026", None),
        ("2026-04-23T25:00:00", None),
        ("", None),
    ],
)
def test_a_day_is_that_of_paris(texte: str, jour: date | None) -> None:
    """An instant that tells its zone is a day of Paris; without a zone, it is as written."""
    assert parse_jour(texte) == jour
