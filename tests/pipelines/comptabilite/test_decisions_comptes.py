"""Remissions and instalment plans on the accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

AVRIL = date(2026, 4, 25)
EFFET = date(2026, 6, 1)


def state(comptes: Any) -> list[tuple[str, int]]:
    """What became of each decision."""
    return comptes.suites_decisions.select("etat", "applique_centimes").rows()


def increases(comptes: Any) -> dict[str, int]:
    """Late increases by call."""
    return dict(comptes.creances.select("appel", "majorations_centimes").rows())


def test_a_remission_lowers_the_increases_of_its_call(dossier: Any) -> None:
    """Two months on 100.00 make 2.00; 1.50 remitted, 0.50 still due."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.decide(1, "REMISE_MAJORATION", EFFET, appel="A4", montant_centimes=150)
    comptes = dossier.compute(EFFET)
    assert (increases(comptes), state(comptes)) == ({"A4": 50}, [("APPLIQUEE", 150)])
    assert comptes.ecritures.filter(journal="REMISE").select(
        "ecriture", "compte", "debit_centimes", "credit_centimes"
    ).rows() == [("REM-DEC-1", "411", 0, 150), ("REM-DEC-1", "6581", 150, 0)]


def test_a_remission_of_a_centre_takes_the_oldest_calls_and_never_more_than_due(
    dossier: Any,
) -> None:
    """2.00 due on April and 1.00 on May: 5.00 remitted apply to 3.00, and the rest says why."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.call("A5", date(2026, 5, 25), {"CP": 10_000})
    dossier.call("B4", AVRIL, {"CP": 10_000}, cdg="C2")
    dossier.decide(1, "REMISE_MAJORATION", EFFET, cdg="C1", montant_centimes=500)
    comptes = dossier.compute(EFFET)
    assert increases(comptes) == {"A4": 0, "A5": 0, "B4": 200}
    assert state(comptes) == [("PARTIELLE", 300)]
    assert comptes.suites_decisions["motif"].null_count() == 0


def test_a_remission_is_worth_its_day_and_does_not_wait(dossier: Any) -> None:
    """Nothing was due on its day: it has no effect on what is due later."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.decide(1, "REMISE_MAJORATION", AVRIL, appel="A4", montant_centimes=500)
    comptes = dossier.compute(EFFET)
    assert (increases(comptes), state(comptes)) == ({"A4": 200}, [("SANS_EFFET", 0)])


def test_a_respected_plan_stops_the_increases_from_its_first_day(dossier: Any) -> None:
    """2.00 at the start of the plan, and nothing more while instalments are paid in time."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.plan(1, EFFET, ["A4"], {date(2026, 7, 1): 5_000, date(2026, 8, 1): 5_000})
    dossier.receive("V1", date(2026, 7, 1), 5_000, cdg="C1")
    comptes = dossier.compute(date(2026, 7, 20))
    assert (increases(comptes), state(comptes)) == ({"A4": 200}, [("EN_COURS", 5_000)])
    assert comptes.creances["etat"].to_list() == ["ECHEANCIER"]
    assert comptes.soldes.select("a_echoir_centimes", "echu_centimes").rows() == [(5_200, 0)]
    dossier.receive("V2", date(2026, 8, 1), 5_000, cdg="C1")
    comptes = dossier.compute(date(2026, 9, 1))
    assert (increases(comptes), state(comptes)) == ({"A4": 200}, [("RESPECTE", 10_000)])


def test_a_missed_instalment_makes_the_plan_lapse(dossier: Any) -> None:
    """The day after a missed date, increases run as if there had been no plan."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.plan(1, EFFET, ["A4"], {date(2026, 7, 1): 5_000, date(2026, 8, 1): 5_000})
    veille = dossier.compute(date(2026, 7, 1))
    assert (increases(veille), state(veille)) == ({"A4": 200}, [("EN_COURS", 0)])
    dossier.receive("V1", date(2026, 7, 10), 5_000, cdg="C1")
    comptes = dossier.compute(date(2026, 7, 26))
    # 5,000 paid in the third month, 5,000 unpaid in the fourth.
    assert (increases(comptes), state(comptes)) == ({"A4": 350}, [("ROMPU", 5_000)])
    assert comptes.creances["etat"].to_list() == ["ECHUE"]


def test_what_a_finished_plan_left_unpaid_is_late_again(dossier: Any) -> None:
    """A plan for half of the call: after its last date, months count again on what remains."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.plan(1, EFFET, ["A4"], {date(2026, 7, 1): 5_000})
    dossier.receive("V1", date(2026, 7, 1), 5_000, cdg="C1")
    comptes = dossier.compute(date(2026, 8, 2))
    # 2 months on the whole until the plan, 2 months since its end on the half unpaid.
    assert increases(comptes) == {"A4": 200 + 100}
    assert comptes.creances["etat"].to_list() == ["ECHUE"]


def test_a_later_plan_replaces_the_former_one(dossier: Any) -> None:
    """Renegotiated before it was missed, the call follows its last plan."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.plan(1, EFFET, ["A4"], {date(2026, 7, 1): 10_000})
    dossier.plan(2, date(2026, 6, 20), ["A4"], {date(2026, 9, 1): 10_000})
    comptes = dossier.compute(date(2026, 7, 15))
    assert comptes.suites_decisions.select("decision", "etat").rows() == [
        (1, "SANS_EFFET"),
        (2, "EN_COURS"),
    ]


def test_a_plan_that_names_no_known_call_says_so(dossier: Any) -> None:
    """A misspelt call stops nothing: the decision has no effect and a reason."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.plan(1, EFFET, ["A9"], {date(2026, 7, 1): 5_000})
    comptes = dossier.compute(date(2026, 7, 15))
    assert state(comptes) == [("SANS_EFFET", 0)]
    assert comptes.suites_decisions.filter(pl.col("motif").str.contains("appels")).height == 1
