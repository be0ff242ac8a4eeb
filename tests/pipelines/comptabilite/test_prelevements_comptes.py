"""Direct debits on the accounts: issued, settled, refused, taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

EXIGIBLE = date(2026, 4, 25)
ECHEANCE = date(2026, 4, 27)  # the 25th is a Saturday
REJET = date(2026, 4, 30)


def balance(comptes: Any) -> dict[str, int]:
    """Balance of each account."""
    soldes = comptes.ecritures.group_by("compte").agg(
        (pl.col("debit_centimes") - pl.col("credit_centimes")).sum()
    )
    return {compte: solde for compte, solde in soldes.rows() if compte != "7561" and solde}


@pytest.fixture
def preleve(dossier: Any) -> Any:
    """A call of April, debited on the next working day."""
    dossier.call("A4", EXIGIBLE, {"CP": 10_000})
    dossier.debit("P1", date(2026, 4, 20), ECHEANCE, {"A4": 10_000})
    return dossier


def settle(dossier: Any) -> None:
    """The bank settles the debit."""
    dossier.receive("S1", ECHEANCE, 10_000, nature="PRELEVEMENT", prelevement="P1")


def take_back(dossier: Any, montant: int = -10_000) -> None:
    """The bank takes the debit back."""
    dossier.receive("S2", REJET, montant, nature="RETOUR", prelevement="P1")


def test_a_debit_issued_in_time_is_in_time_whatever_the_working_days(preleve: Any) -> None:
    """Issued before the due date, executed on the Monday after: no late increase."""
    comptes = preleve.compute(date(2026, 5, 10))
    (creance,) = comptes.creances.rows(named=True)
    assert (creance["etat"], creance["majorations_centimes"]) == ("SOLDEE", 0)
    assert balance(comptes) == {"5112": 10_000}


def test_a_debit_issued_late_is_late_until_its_execution(dossier: Any) -> None:
    """Issued on 20 May for a call of 25 April, executed on the 26th: two months."""
    dossier.call("A4", EXIGIBLE, {"CP": 10_000})
    dossier.debit("P1", date(2026, 5, 20), date(2026, 5, 26), {"A4": 10_000})
    assert dossier.compute(date(2026, 6, 10)).creances["majorations_centimes"].to_list() == [200]


def test_the_account_of_issued_debits_clears_to_zero(preleve: Any) -> None:
    """Once the bank has settled, only the bank holds the money."""
    settle(preleve)
    assert balance(preleve.compute(date(2026, 5, 10))) == {"512": 10_000}


def test_a_debit_taken_back_opens_the_call_again(preleve: Any) -> None:
    """After the return nothing is paid; the delay counts from the refusal (option)."""
    settle(preleve)
    take_back(preleve)
    comptes = preleve.compute(date(2026, 5, 28))
    (creance,) = comptes.creances.rows(named=True)
    assert (creance["reste_centimes"], creance["mois_retard"]) == (10_000, 1)
    assert balance(comptes) == {"411": 10_100, "7581": -100}
    assert comptes.imputations.is_empty()


def test_a_debit_refused_before_settlement_moves_no_money(preleve: Any) -> None:
    """A pain.002 refuses it: 5112 is cleared by the return, the bank account never moves."""
    preleve.prelevements[0] |= {"etat": "REJETE", "date_etat": date(2026, 4, 24)}
    comptes = preleve.compute(date(2026, 4, 25))
    assert balance(comptes) == {"411": 10_000}
    assert set(comptes.ecritures.filter(journal="RETOUR")["compte"]) == {"411", "5112"}


def test_a_refusal_first_known_without_money_is_corrected_when_the_bank_books_it(
    preleve: Any,
) -> None:
    """Refused, then booked gross and taken back by the bank: each account is right in the end."""
    preleve.prelevements[0] |= {"etat": "REJETE", "date_etat": date(2026, 4, 24)}
    premiere = preleve.compute(date(2026, 4, 25))
    settle(preleve)
    take_back(preleve)
    seconde = preleve.compute(date(2026, 4, 30), premiere.ecritures)
    total = pl.concat([premiere.ecritures, seconde.ecritures])
    assert (
        total.filter(compte="5112")
        .select((pl.col("debit_centimes") - pl.col("credit_centimes")).sum())
        .item()
        == 0
    )
    assert "RET-P1-02" in set(seconde.ecritures["ecriture"])


def test_what_the_bank_takes_beyond_the_debit_waits_for_an_operator(preleve: Any) -> None:
    """Fees of 5.00 on a return are not charged to the member: they wait on account 471."""
    settle(preleve)
    take_back(preleve, -10_500)
    assert balance(preleve.compute(REJET)) == {"411": 10_000, "512": -500, "471": 500}


def test_a_group_debit_pays_each_call_its_part(dossier: Any) -> None:
    """One debit for two centres: one line each on the members' account."""
    dossier.call("A1", EXIGIBLE, {"CP": 7_000}, cdg="C1", groupe="G1")
    dossier.call("A2", EXIGIBLE, {"CP": 3_000}, cdg="C2", groupe="G1")
    dossier.debit("P1", date(2026, 4, 20), ECHEANCE, {"A1": 7_000, "A2": 3_000})
    comptes = dossier.compute(EXIGIBLE)
    assert set(comptes.creances["etat"]) == {"SOLDEE"}
    lignes = comptes.ecritures.filter(journal="PRELEVEMENT", compte="411")
    assert lignes.select("cdg", "appel", "credit_centimes").rows() == [
        ("C1", "A1", 7_000),
        ("C2", "A2", 3_000),
    ]


def test_a_transfer_taken_back_pays_nothing(dossier: Any) -> None:
    """The last transfer of that amount is undone; in the ledger both stay."""
    dossier.call("A4", EXIGIBLE, {"CP": 10_000})
    dossier.receive("V1", EXIGIBLE, 10_000, cdg="C1")
    dossier.receive("V2", REJET, -10_000, nature="RETOUR")
    comptes = dossier.compute(REJET)
    assert comptes.creances["reste_centimes"].to_list() == [10_000]
    assert comptes.soldes.select("regle_centimes", "solde_centimes").rows() == [(0, 10_100)]
    assert balance(comptes) == {"411": 10_100, "7581": -100}


def test_a_return_that_cancels_no_known_payment_is_owed(dossier: Any) -> None:
    """Without a payment to cancel, the account owes the amount: its credit is negative."""
    dossier.call("A4", EXIGIBLE, {"CP": 10_000})
    dossier.receive("V1", EXIGIBLE, 10_000, cdg="C1")
    dossier.receive("V2", EXIGIBLE, -2_500, nature="RETOUR", cdg="C1")
    (solde,) = dossier.compute(EXIGIBLE).soldes.rows(named=True)
    assert (solde["avoir_centimes"], solde["solde_centimes"]) == (-2_500, 2_500)


def test_charges_are_borne_by_the_fund(preleve: Any) -> None:
    """A return at the amount of the debit, its charges apart: the company owes the debit alone."""
    settle(preleve)
    preleve.receive("S2", REJET, -10_000, nature="RETOUR", prelevement="P1", frais_centimes=300)
    preleve.receive("V1", REJET, 4_000, cdg="C1", frais_centimes=50)
    comptes = preleve.compute(REJET)
    assert balance(comptes) == {"411": 6_000, "512": 4_000 - 350, "627": 350}
    frais = comptes.ecritures.filter(pl.col("journal") == "FRAIS")
    assert sorted(frais["ecriture"].unique()) == ["FRA-S2", "FRA-V1"]
    assert set(frais["compte"]) == {"512", "627"}


def test_a_return_that_the_bank_undoes_is_none(preleve: Any) -> None:
    """Returned then given back: the call is paid, as on the day of the debit; charges stay."""
    settle(preleve)
    preleve.receive("S2", REJET, -10_000, nature="RETOUR", prelevement="P1", frais_centimes=300)
    comptes = preleve.compute(REJET)
    assert balance(comptes)["411"] == 10_000
    preleve.receive("S3", date(2026, 5, 2), 10_000, nature="RETOUR", prelevement="P1")
    comptes = preleve.compute(date(2026, 5, 10))
    (creance,) = comptes.creances.rows(named=True)
    assert (creance["etat"], creance["majorations_centimes"]) == ("SOLDEE", 0)
    assert balance(comptes) == {"512": 9_700, "627": 300}


def test_a_debit_returned_again_after_that_is_owed(preleve: Any) -> None:
    """The second return counts, from its own day."""
    settle(preleve)
    take_back(preleve)
    preleve.receive("S3", date(2026, 5, 2), 10_000, nature="RETOUR", prelevement="P1")
    preleve.receive("S4", date(2026, 5, 6), -10_000, nature="RETOUR", prelevement="P1")
    (creance,) = preleve.compute(date(2026, 5, 28)).creances.rows(named=True)
    assert (creance["reste_centimes"], creance["depart_retard"]) == (10_000, date(2026, 5, 6))


def test_what_the_fund_must_hand_over_again_is_not_late(dossier: Any) -> None:
    """Refused for a fault of the fund: no delay meanwhile, none once the next debit is issued."""
    dossier.call("A4", EXIGIBLE, {"CP": 10_000})
    refuse = {"etat": "A_REMETTRE", "date_etat": date(2026, 4, 21)}
    dossier.debit("P1", date(2026, 4, 20), ECHEANCE, {"A4": 10_000}, **refuse)
    (creance,) = dossier.compute(date(2026, 5, 28)).creances.rows(named=True)
    assert (creance["reste_centimes"], creance["majorations_centimes"]) == (10_000, 0)
    dossier.debit("P2", date(2026, 5, 28), date(2026, 6, 2), {"A4": 10_000})
    (creance,) = dossier.compute(date(2026, 6, 10)).creances.rows(named=True)
    assert (creance["etat"], creance["majorations_centimes"]) == ("SOLDEE", 0)


def test_a_refusal_of_the_company_after_that_counts(dossier: Any) -> None:
    """Handed over again, then refused for lack of funds: the delay counts from that refusal."""
    dossier.call("A4", EXIGIBLE, {"CP": 10_000})
    dossier.debit(
        "P1", date(2026, 4, 20), ECHEANCE, {"A4": 10_000}, etat="A_REMETTRE",
        date_etat=date(2026, 4, 21),
    )  # fmt: skip
    dossier.debit(
        "P2", date(2026, 4, 22), date(2026, 4, 28), {"A4": 10_000}, etat="REJETE", date_etat=REJET
    )
    (creance,) = dossier.compute(date(2026, 5, 28)).creances.rows(named=True)
    assert (creance["depart_retard"], creance["mois_retard"]) == (REJET, 1)
