"""What a day that passes changes of the leave: nothing, unless something is asked or paid."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import polars as pl
import pytest

from pipelines.conges.argent import Lu, tell_day
from pipelines.conges.regles.acquisition.connu import SCHEMAS, empty_connu
from pipelines.conges.regles.paiement.calcul import Publies
from tests.pipelines.conges.publications import fill

SIREN, SALARIE, AUTRE = "999000011", "a" * 64, "b" * 64
LUNDI, MARDI, MOIS_SUIVANT = date(2026, 10, 12), date(2026, 10, 13), date(2026, 11, 1)
RIEN = pl.DataFrame(schema={"salarie": pl.String})
SANS_HERITIER = pl.DataFrame(schema={"siren": pl.String, "demande": pl.String})
LU = replace(
    Lu(**{champ.name: RIEN for champ in fields(Lu)}),
    heritiers=SANS_HERITIER,
)


def taking(jours_centiemes: int = 0) -> pl.DataFrame:
    """A taking of an employee; of no day, it is that of a right that nobody asks for."""
    dite = {"siren": SIREN, "demande": "M26999000011aaaaaa", "salarie": SALARIE, "sens": 1}
    prises = fill("prises_conges", pl.DataFrame([dite | {"jours_centiemes": jours_centiemes}]))
    return prises.with_columns(debut=pl.lit(None, pl.Date))


def is_same(paiements: Publies, lu: Lu = LU, apres: date = MARDI) -> bool:
    """Whether the leave is the same on Monday and later."""
    lundi, ensuite = (tell_day(empty_connu(), paiements, lu, jour) for jour in (LUNDI, apres))
    return lundi == ensuite


def test_a_day_changes_nothing_a_month_does() -> None:
    """Where nothing is asked nor paid, only another month is looked at again."""
    assert is_same(Publies())
    assert not is_same(Publies(), apres=MOIS_SUIVANT)


def test_what_waits_for_an_account_waits_whatever_the_day() -> None:
    """A right that nobody asks for is paid on an account of its employee, not of another."""
    attendue = Publies(prises=taking())
    assert is_same(attendue)
    assert is_same(attendue, replace(LU, comptes=pl.DataFrame({"salarie": [AUTRE]})))
    assert not is_same(attendue, replace(LU, comptes=pl.DataFrame({"salarie": [SALARIE]})))
    heritiers = attendue.prises.select("siren", "demande")
    assert not is_same(attendue, replace(LU, heritiers=heritiers))


@pytest.mark.parametrize("champ", ["prises", "demandes"])
def test_leave_that_is_asked_or_taken_is_looked_at_each_day(champ: str) -> None:
    """Days taken, or lines of requests."""
    if champ == "prises":
        assert not is_same(Publies(prises=taking(jours_centiemes=200)))
    else:
        assert not is_same(Publies(), replace(LU, demandes=pl.DataFrame({"salarie": [SALARIE]})))


@pytest.mark.parametrize(
    ("table", "borne"), [("contrats", "debut"), ("contrats", "fin"), ("certs", "to")]
)
def test_the_day_of_a_beginning_or_an_end_counts(table: str, borne: str) -> None:
    """Of a contract that a DSN tells before it, of one that a certificate tells alone."""
    dite = pl.DataFrame([{borne: MARDI}], {borne: pl.Date})
    connu = replace(
        empty_connu(), **{table: dite.match_to_schema(SCHEMAS[table], missing_columns="insert")}
    )
    lundi, mardi, ensuite = (
        tell_day(connu, Publies(), LU, jour) for jour in (LUNDI, MARDI, date(2026, 10, 14))
    )
    assert lundi != mardi == ensuite
