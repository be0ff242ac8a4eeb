"""Who pays what, in which order, and how late it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.comptabilite.regles.imputation import allocate
from pipelines.comptabilite.regles.retards import months_late

ARRETE = date(2026, 8, 1)
AVRIL, MAI, JUIN = date(2026, 4, 25), date(2026, 5, 25), date(2026, 6, 25)


def paid(comptes: Any) -> list[tuple[str, str, str, int]]:
    """Allocations: call, payment, part, amount."""
    return comptes.imputations.select("appel", "origine", "poste", "montant_centimes").rows()


def due(comptes: Any, colonne: str = "reste_centimes") -> dict[str, int]:
    """A column of the calls, by call."""
    return dict(comptes.creances.select("appel", colonne).rows())


def test_amounts_are_paid_in_order_as_overlaps() -> None:
    """60 then 50 on 100 then 30: 60, 40, 10, and nothing for another key."""
    credits_ = pl.DataFrame({"k": ["x", "x", "y"], "credit": [1, 2, 3], "reste": [60, 50, 9]})
    dettes = pl.DataFrame({"k": ["x", "x", "z"], "dette": [1, 2, 3], "reste": [100, 30, 9]})
    paiements = allocate(credits_, dettes, "k").select("credit", "dette", "montant_centimes")
    assert paiements.rows() == [(1, 1, 60), (2, 1, 40), (2, 2, 10)]


@pytest.mark.parametrize(
    ("jour", "mois"),
    [
        (date(2026, 3, 26), 0), (date(2026, 4, 25), 0), (date(2026, 4, 26), 1),
        (date(2026, 5, 25), 1), (date(2026, 5, 26), 2), (date(2027, 4, 25), 12),
        (date(2027, 4, 26), 13), (None, 0),
    ],
)  # fmt: skip
def test_a_started_month_counts_whole(jour: date | None, mois: int) -> None:
    """From 25 April: the 26th is in the first month, 26 May in the second (section 9)."""
    frame = pl.DataFrame({"depart": [AVRIL], "jour": [jour]}, {"depart": pl.Date, "jour": pl.Date})
    assert frame.select(months_late(pl.col("depart"), pl.col("jour"))).item() == mois


def test_the_oldest_call_is_paid_first_its_obligatory_part_before_the_other(dossier: Any) -> None:
    """A transfer that names nothing pays April whole, then the obligatory part of May."""
    dossier.call("A4", AVRIL, {"CP": 900, "OPPBTP_PERM": 100})
    dossier.call("A5", MAI, {"CP": 900, "OPPBTP_PERM": 100})
    dossier.receive("V1", AVRIL, 1_500, cdg="C1")
    dossier.receive("V2", MAI, 480, cdg="C1")
    assert paid(dossier.compute(MAI)) == [
        ("A4", "V1", "OBLIGATOIRE", 900),
        ("A4", "V1", "FACULTATIF", 100),
        ("A5", "V1", "OBLIGATOIRE", 500),
        ("A5", "V2", "OBLIGATOIRE", 400),
        ("A5", "V2", "FACULTATIF", 80),
    ]


def test_a_payment_pays_first_the_call_that_it_names(dossier: Any) -> None:
    """Named, May is paid before April; what is left over goes to the oldest call."""
    dossier.call("A4", AVRIL, {"CP": 1_000})
    dossier.call("A5", MAI, {"CP": 1_000})
    dossier.receive("V1", MAI, 1_300, cdg="C1", appel="A5")
    assert due(dossier.compute(MAI)) == {"A4": 700, "A5": 0}


@pytest.mark.parametrize(
    ("place", "restes"),
    [
        ({"cdg": "C2"}, {"A1": 1_000, "A2": 0, "A3": 1_000}),
        ({"groupe": "G1"}, {"A1": 0, "A2": 1_000, "A3": 0}),
        ({}, {"A1": 0, "A2": 0, "A3": 1_000}),
    ],
)
def test_a_payment_stays_in_its_place(
    dossier: Any, place: dict[str, str], restes: dict[str, int]
) -> None:
    """A centre, a payment group or the whole company: calls elsewhere are not touched."""
    dossier.call("A1", AVRIL, {"CP": 1_000}, cdg="C1", groupe="G1")
    dossier.call("A2", AVRIL, {"CP": 1_000}, cdg="C2")
    dossier.call("A3", AVRIL, {"CP": 1_000}, cdg="C3", groupe="G1")
    dossier.receive("V1", AVRIL, 2_000, **place)
    assert due(dossier.compute(AVRIL)) == restes


def test_a_group_reference_pays_each_call_of_the_group_once(dossier: Any) -> None:
    """One transfer for two centres settles both calls; nothing is left or called twice."""
    dossier.call("A1", AVRIL, {"CP": 1_000}, cdg="C1", groupe="G1")
    dossier.call("A3", AVRIL, {"CP": 500}, cdg="C3", groupe="G1")
    dossier.receive("V1", AVRIL, 1_500, groupe="G1")
    comptes = dossier.compute(ARRETE)
    assert set(comptes.creances["etat"]) == {"SOLDEE"}
    assert comptes.soldes.select("cdg", "solde_centimes").rows() == [("C1", 0), ("C3", 0)]


def test_what_is_left_over_waits_for_the_next_call(dossier: Any) -> None:
    """300 too much in April are a credit, then pay June in time."""
    dossier.call("A4", AVRIL, {"CP": 1_000})
    dossier.receive("V1", AVRIL, 1_300, cdg="C1")
    (solde,) = dossier.compute(MAI).soldes.rows(named=True)
    assert (solde["avoir_centimes"], solde["solde_centimes"]) == (300, -300)
    dossier.call("A6", JUIN, {"CP": 1_000})
    comptes = dossier.compute(date(2026, 6, 26))
    assert due(comptes) == {"A4": 0, "A6": 700}
    assert due(comptes, "majorations_centimes") == {"A4": 0, "A6": 7}


def test_a_later_named_payment_does_not_displace_what_was_paid_in_time(dossier: Any) -> None:
    """June was covered by a credit: paying it again late makes a credit, not a late increase."""
    dossier.receive("V1", AVRIL, 10_000, cdg="C1")
    dossier.call("A6", JUIN, {"CP": 10_000})
    dossier.receive("V2", date(2026, 7, 3), 10_000, cdg="C1", appel="A6")
    comptes = dossier.compute(ARRETE)
    assert due(comptes, "majorations_centimes") == {"A6": 0}
    assert comptes.soldes["avoir_centimes"].to_list() == [10_000]


def test_late_increases_follow_each_partial_payment(dossier: Any) -> None:
    """40,000 paid in the first month, 30,000 in the second, 30,000 unpaid in the fourth."""
    dossier.call("A4", AVRIL, {"CP": 90_000, "CI_GOTP": 10_000, "FNTP_T1": 5_000})
    dossier.receive("V1", date(2026, 5, 10), 40_000, cdg="C1")
    dossier.receive("V2", date(2026, 6, 10), 30_000, cdg="C1")
    comptes = dossier.compute(ARRETE)
    assert due(comptes, "majorations_centimes") == {"A4": 400 + 600 + 1_200}
    assert due(comptes, "mois_retard") == {"A4": 4}
    assert due(comptes, "reste_obligatoire_centimes") == {"A4": 30_000}


def test_an_amount_of_increase_is_rounded_once_half_away_from_zero(dossier: Any) -> None:
    """25 cents in one month make 0.25, 50 make 0.50: 0 and 1 cent."""
    dossier.call("A4", AVRIL, {"CP": 25})
    dossier.call("A5", AVRIL, {"CP": 50})
    assert due(dossier.compute(MAI), "majorations_centimes") == {"A4": 0, "A5": 1}


def test_optional_contributions_bear_no_increase(dossier: Any) -> None:
    """OPPBTP and FNTP unpaid for months are due, without any increase."""
    dossier.call("A4", AVRIL, {"OPPBTP_PERM": 50_000, "FNTP_T1": 1_000})
    comptes = dossier.compute(ARRETE)
    assert (due(comptes), due(comptes, "majorations_centimes")) == ({"A4": 51_000}, {"A4": 0})


def test_increases_are_paid_after_the_principal(dossier: Any) -> None:
    """The increases of April are paid once May is paid, unless the payment names April."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.call("A5", MAI, {"CP": 10_000})
    dossier.receive("V1", date(2026, 5, 2), 10_000, cdg="C1")
    dossier.receive("V2", MAI, 10_050, cdg="C1")
    assert due(dossier.compute(MAI), "reste_majorations_centimes") == {"A4": 50, "A5": 0}
    dossier.encaissements[-1]["appel"] = "A4"
    comptes = dossier.compute(MAI)
    assert due(comptes, "reste_majorations_centimes") == {"A4": 0, "A5": 0}
    assert due(comptes) == {"A4": 0, "A5": 50}


def test_the_reference_of_a_group_names_the_calls_of_its_month(dossier: Any) -> None:
    """It pays the increases of each centre for that month, before a month that is not due yet."""
    for cdg in ("C1", "C2"):
        groupe = {"cdg": cdg, "groupe": "G1"}
        dossier.call(f"A4{cdg}", AVRIL, {"CP": 10_000}, **groupe, reference_paiement="GG1-04")
        dossier.call(f"A5{cdg}", MAI, {"CP": 10_000}, **groupe, reference_paiement="GG1-05")
    avril = {"groupe": "G1", "reference_paiement": "GG1-04"}
    dossier.receive("V1", date(2026, 5, 2), 20_000, **avril)
    dossier.receive("V2", date(2026, 5, 20), 200, **avril)
    comptes = dossier.compute(MAI)
    assert set(due(comptes, "majorations_centimes").values()) == {0, 100}
    assert set(due(comptes, "reste_majorations_centimes").values()) == {0}
    assert due(comptes) == {"A4C1": 0, "A5C1": 10_000, "A4C2": 0, "A5C2": 10_000}


def test_a_payment_that_arrives_with_an_earlier_value_date_lowers_the_increases(
    dossier: Any,
) -> None:
    """The difference is written as a new entry, with the signs turned; nothing is rewritten."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    premiere = dossier.compute(date(2026, 6, 1))
    dossier.receive("V1", date(2026, 4, 25), 10_000, cdg="C1")
    seconde = dossier.compute(date(2026, 6, 2), premiere.ecritures)
    majorations = seconde.ecritures.filter(pl.col("journal") == "MAJORATION")
    assert majorations.select("ecriture", "compte", "debit_centimes", "credit_centimes").rows() == [
        ("MAJ-A4-02", "411", 0, 200),
        ("MAJ-A4-02", "7581", 200, 0),
    ]
    assert seconde.soldes["solde_centimes"].to_list() == [0]


def test_a_negative_call_pays_the_oldest_call_from_its_own_date(dossier: Any) -> None:
    """A credit of June reduces what remains of April from June on; the rest waits."""
    dossier.call("A4", AVRIL, {"CP": 10_000})
    dossier.call("A4-02", date(2026, 7, 25), {"CP": -4_000}, mois_appel="2026-04")
    comptes = dossier.compute(date(2026, 7, 2))
    assert due(comptes) == {"A4": 6_000, "A4-02": 0}
    # 4,000 were owed until 1 July (3 months), 6,000 still are (3 months).
    assert due(comptes, "majorations_centimes") == {"A4": 300, "A4-02": 0}
    assert comptes.soldes.select("appele_centimes", "regle_centimes").rows() == [(6_000, 0)]


def test_a_free_credit_counts_as_a_payment(dossier: Any) -> None:
    """An AVOIR of 300 for a centre without debts waits in its account."""
    dossier.decide(7, "AVOIR", MAI, cdg="C2", montant_centimes=300)
    comptes = dossier.compute(JUIN)
    assert comptes.soldes.select("cdg", "solde_centimes", "avoir_centimes").rows() == [
        ("C2", -300, 300)
    ]
    assert comptes.suites_decisions["etat"].to_list() == ["APPLIQUEE"]
    assert dossier.compute(AVRIL).soldes.is_empty()
