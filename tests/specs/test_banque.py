"""What is exchanged with the bank, as data; the business days of the banks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban
from stdnum.eu import at_02

from specs.banque import (
    ARRETER,
    ATTENTE,
    CONSEQUENCES,
    CREANCIER,
    DEBITEUR,
    FAUTES,
    PRELEVEMENTS,
    REFUSE,
    REMETTRE,
    REMETTRE_ECHUE,
    REPRESENTER,
    SUSPENDRE,
    TECHNIQUE,
    VIREMENTS,
    asks_address,
    read_codes_motifs,
    read_message_version,
    read_motif,
    read_operations,
    read_statuts,
    read_xsd,
)
from specs.banque.target import (
    add_business_days,
    compute_paques,
    is_business_day,
    next_business_day,
    previous_business_day,
)
from specs.caisse import read_caisse

JOUR = date(2026, 4, 30)
JOURS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
CODES_EPC = (
    "AC01 AC04 AC06 AG01 AG02 AM04 AM05 MD01 MD02 MD06 MD07 MS02 MS03 RC01 RR01 RR02 RR03 RR04 SL01"
)


def test_every_reason_has_its_fault_and_its_consequence() -> None:
    """The codes of exchange with banks are all listed, each with a known fault and consequence."""
    assert set(CODES_EPC.split()) <= read_codes_motifs()
    motifs = [read_motif(code, JOUR) for code in read_codes_motifs()]
    assert {motif.consequence for motif in motifs} == set(CONSEQUENCES)
    assert {motif.faute for motif in motifs} == set(FAUTES)


@pytest.mark.parametrize("code", sorted(read_codes_motifs()))
def test_only_a_debtor_is_held_to_account(code: str) -> None:
    """A fault of the fund or of nobody never asks anything of the debtor's mandate but its data."""
    motif = read_motif(code, JOUR)
    if motif.faute == DEBITEUR:
        assert not motif.remet
    elif motif.faute == TECHNIQUE:
        assert motif.remet
    else:
        assert motif.consequence in {REMETTRE, REMETTRE_ECHUE, SUSPENDRE}
    assert read_motif(code, JOUR, collectif=True).remet


@pytest.mark.parametrize(
    ("code", "faute", "consequence"),
    [
        ("AM04", DEBITEUR, REPRESENTER),
        ("MS03", DEBITEUR, REPRESENTER),
        ("AC01", DEBITEUR, SUSPENDRE),
        ("AC04", DEBITEUR, SUSPENDRE),
        ("MD01", DEBITEUR, SUSPENDRE),
        ("MD06", DEBITEUR, ARRETER),
        ("MD07", DEBITEUR, ARRETER),
        ("RC01", CREANCIER, SUSPENDRE),
        ("FF01", CREANCIER, REMETTRE),
        ("DT01", CREANCIER, REMETTRE),
        ("DU01", CREANCIER, REMETTRE_ECHUE),
        ("AM05", CREANCIER, REMETTRE_ECHUE),
        ("AB05", TECHNIQUE, REMETTRE),
        ("ZZ99", DEBITEUR, ARRETER),
        ("", DEBITEUR, ARRETER),
    ],
)
def test_the_consequence_of_a_reason(code: str, faute: str, consequence: str) -> None:
    """No funds: again later; a bad account or mandate: suspended; our fault: handed over again."""
    motif = read_motif(code, JOUR)
    assert (motif.faute, motif.consequence) == (faute, consequence)


@pytest.mark.parametrize(
    ("code", "consequence"), [("AC04", REMETTRE), ("ZZ99", REMETTRE), ("DU01", REMETTRE_ECHUE)]
)
def test_what_refuses_a_file_is_no_debtor_s_fault(code: str, consequence: str) -> None:
    """Whatever the code, even unknown."""
    motif = read_motif(code, JOUR, collectif=True)
    assert (motif.faute, motif.consequence) == (CREANCIER, consequence)


@pytest.mark.parametrize(("pays", "demandee"), [("FR", False), ("NO", False), ("CH", True)])
def test_an_address_is_asked_outside_the_eea(pays: str, demandee: bool) -> None:
    """Norway is in the EEA (and is no « false » of YAML), Switzerland is not."""
    assert asks_address(pays) == demandee


def test_every_version_of_a_message_is_known_by_its_name() -> None:
    """A version is read from the name of its namespace; other messages are not read."""
    lus = [
        read_message_version(n) for n in ("camt.053.001.02", "camt.054.001.11", "pain.002.001.03")
    ]
    assert [(m.nom, v) for m, v in filter(None, lus)] == [
        ("camt.053", 2),
        ("camt.054", 11),
        ("pain.002", 3),
    ]
    autres = ("camt.052.001.08", "pain.008.001.08", "camt.053.002.08", "camt.053.001", "")
    assert [read_message_version(nom) for nom in autres] == [None] * len(autres)


def test_a_status_refuses_or_waits() -> None:
    """Each status says what follows; only a refusal and a cancellation refuse."""
    statuts = read_statuts()
    assert {s.effet for s in statuts.values()} == {REFUSE, ATTENTE}
    assert {code for code, s in statuts.items() if s.effet == REFUSE} == {"RJCT", "CANC"}
    assert {"PATC", "ACWP", "PART", "ACCC"} <= set(statuts)


def test_the_fund_is_a_valid_creditor() -> None:
    """Its account and its SEPA identifier pass their keys; its address is structured."""
    creancier = read_caisse().creancier
    assert iban.is_valid(creancier.iban)
    assert at_02.is_valid(creancier.ics)
    assert all((creancier.code_postal, creancier.ville, creancier.pays))


def test_operations_tell_a_credit_from_a_debit() -> None:
    """A return is a debit; what comes in is a credit."""
    for operation in read_operations():
        assert (operation.nature == "RETOUR") == (operation.sens == "DBIT")


@pytest.mark.parametrize("message", [PRELEVEMENTS, VIREMENTS])
def test_the_schema_is_the_one_of_the_message(message: str) -> None:
    """The schemas of debits and of transfers compile, and are those of the 2019 versions."""
    schema = etree.fromstring(read_xsd(message))
    etree.XMLSchema(schema)
    assert schema.get("targetNamespace").endswith(message)


@pytest.mark.parametrize(
    ("annee", "paques"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2000, date(2000, 4, 23)),
        (2038, date(2038, 4, 25)),
        (2285, date(2285, 3, 22)),
    ],
)
def test_easter(annee: int, paques: date) -> None:
    """Dates of Easter, the earliest and the latest among them."""
    assert compute_paques(annee) == paques


@pytest.mark.parametrize(
    "jour",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2026, 4, 25),
    ],
)
def test_banks_are_closed(jour: date) -> None:
    """TARGET holidays and weekends of 2026."""
    assert not is_business_day(jour)


def test_a_french_holiday_is_a_business_day_of_the_banks() -> None:
    """14 July and 8 May are not holidays of TARGET."""
    assert is_business_day(date(2026, 7, 14))
    assert is_business_day(date(2026, 5, 8))


@given(JOURS)
def test_next_and_previous_days_are_open(jour: date) -> None:
    """The next and previous business days are open, around the day, less than a week away."""
    avant, apres = previous_business_day(jour), next_business_day(jour)
    assert is_business_day(avant)
    assert is_business_day(apres)
    assert avant <= jour <= apres
    assert apres - avant < timedelta(days=7)
    assert add_business_days(jour, 1) > jour
