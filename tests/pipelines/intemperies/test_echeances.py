"""Stops that a DSN tells without a declaration: each has its deadline, a declared one has none."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.intemperies.regles.echeances import ECHEANCES, HEURES, SUSPENSION, compute_echeances
from specs.connaissances import read_connaissances

SAVOIR = read_connaissances()
SIREN = "800000010"
SUSPENDUS = pl.DataFrame(
    [
        (SIREN, "P1", date(2026, 1, 5), date(2026, 1, 11)),
        (SIREN, "P2", date(2026, 1, 5), date(2026, 1, 11)),
    ],
    {"siren": pl.String, "salarie": pl.String, "debut": pl.Date, "fin": pl.Date},
    orient="row",
)
DECLARES = pl.Schema({"siren": pl.String, "salarie": pl.String, "date": pl.Date})


def heures(*salaries: str) -> pl.DataFrame:
    """Hours 025 of January of these employees."""
    schema = {"siren": pl.String, "salarie": pl.String, "mois": pl.String}
    return pl.DataFrame([(SIREN, s, "2026-01") for s in salaries], schema, orient="row")


def declares(*jours: tuple[str, date]) -> pl.DataFrame:
    """Days of the declarations in force."""
    return pl.DataFrame([(SIREN, *jour) for jour in jours], DECLARES, orient="row")


def test_a_suspension_without_a_declaration_gives_its_deadline() -> None:
    """From the day after its end, told again ten days before; its hours say nothing more (I-45)."""
    obtenues = compute_echeances(SUSPENDUS, heures("P1", "P2"), declares(), SAVOIR)
    attendue = (SIREN, SUSPENSION, date(2026, 1, 12), 2, date(2026, 3, 2), date(2026, 2, 20))
    assert obtenues.schema == ECHEANCES
    assert obtenues.rows() == [attendue]


def test_hours_alone_give_a_deadline_at_the_latest() -> None:
    """From the last day of their month (I-45)."""
    obtenues = compute_echeances(SUSPENDUS.clear(), heures("P3"), declares(), SAVOIR)
    assert obtenues.select("origine", "evenement", "echeance").rows() == [
        (HEURES, date(2026, 1, 31), date(2026, 3, 31))
    ]


def test_what_is_declared_is_not_told() -> None:
    """A declared day within the suspension, or in the month of the hours, is enough."""
    jours = declares(("P1", date(2026, 1, 6)), ("P2", date(2026, 1, 11)), ("P3", date(2026, 1, 20)))
    assert compute_echeances(SUSPENDUS, heures("P1", "P3"), jours, SAVOIR).is_empty()


def test_a_day_declared_elsewhere_leaves_the_suspension_to_declare() -> None:
    """Only the employee whose day falls out of it is still told."""
    jours = declares(("P1", date(2026, 1, 6)), ("P2", date(2026, 1, 12)))
    obtenues = compute_echeances(SUSPENDUS, heures(), jours, SAVOIR)
    assert obtenues["salaries"].to_list() == [1]
