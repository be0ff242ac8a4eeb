"""The file of direct debits: valid, reproducible, exact, in the SEPA character set."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipelines.reglements.pain import Prelevement, render_pain
from pipelines.reglements.sepa import RemiseRefusee, check_schema
from specs.banque import PRELEVEMENTS, read_xsd
from specs.banque.texte import sepa_text
from specs.caisse import read_caisse

IBAN = "FR1420041010050500013M02606"
JOUR, SOIR = date(2026, 4, 27), date(2026, 4, 20)
REMISE = "PRLV-20260420-00003"
ESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.008.001.08}"


def make_prelevement(rang: int = 1, centimes: int = 12_345, **autres: object) -> Prelevement:
    """A debit that has everything."""
    champs: dict[str, object] = {
        "prelevement": f"P999090012-20260427-{rang:02}",
        "lot": f"{REMISE}-B20260427RCUR",
        "schema": "B2B",
        "sequence": "RCUR",
        "date_echeance": JOUR,
        "montant_centimes": centimes,
        "rum": f"RUM-{rang}",
        "date_signature": date(2024, 1, 10),
        "changement_compte": False,
        "nom": "TERRASSEMENTS EXEMPLE",
        "iban": IBAN,
        "rue": "1 QUAI DES ÉCLUSES",
        "code_postal": "59000",
        "ville": "LILLE",
        "pays": "FR",
        "texte": "Cotisations C900201-202603-01",
    }
    return Prelevement(**champs | autres)  # type: ignore[arg-type]


def render(*prelevements: Prelevement) -> bytes:
    """The file of these debits."""
    return render_pain(REMISE, prelevements, read_caisse().creancier, SOIR)


def texts(octets: bytes, nom: str) -> list[str | None]:
    """Texts of every element of that name, in order."""
    return [e.text for e in etree.fromstring(octets).iter(ESPACE + nom)]


def test_a_batch_a_scheme_a_day_and_totals() -> None:
    """Batches are told apart, each with its number and sum; the header has those of the file."""
    lots = {"lot": f"{REMISE}-C20260428RCUR", "schema": "CORE", "date_echeance": date(2026, 4, 28)}
    octets = render(make_prelevement(2, 5), make_prelevement(1), make_prelevement(3, 100, **lots))
    assert texts(octets, "NbOfTxs") == ["3", "2", "1"]
    assert texts(octets, "CtrlSum") == ["124.50", "123.50", "1.00"]
    assert texts(octets, "InstdAmt") == ["123.45", "0.05", "1.00"]
    assert texts(octets, "ReqdColltnDt") == ["2026-04-27", "2026-04-28"]
    assert [t for t in texts(octets, "Cd") if t != "SEPA"] == ["B2B", "CORE"]
    etree.XMLSchema(etree.fromstring(read_xsd(PRELEVEMENTS))).assertValid(etree.fromstring(octets))


def test_the_same_debits_give_the_same_bytes() -> None:
    """Whatever the order they come in, and however often."""
    un, deux = make_prelevement(1), make_prelevement(2)
    assert render(un, deux) == render(deux, un)


def test_addresses_are_structured() -> None:
    """Town, post code and country have their elements; no free line, no half address."""
    octets = render(make_prelevement(1), make_prelevement(2, ville=None))
    assert texts(octets, "AdrLine") == []
    assert texts(octets, "StrtNm") == ["rue de l'Exemple", "1 QUAI DES ECLUSES"]
    assert texts(octets, "TwnNm") == ["Paris", "LILLE"]
    assert texts(octets, "Ctry") == ["FR", "FR"]


def test_a_change_of_account_is_told() -> None:
    """The amendment says that the debtor's account is another one (SMNDA)."""
    octets = render(make_prelevement(1, changement_compte=True), make_prelevement(2))
    assert texts(octets, "AmdmntInd") == ["true"]
    assert "SMNDA" in texts(octets, "Id")


def test_a_bank_code_is_told_when_known() -> None:
    """Without its code, the debtor's bank is told not provided."""
    octets = render(make_prelevement(1, bic="AGRIFRPPXXX"), make_prelevement(2))
    assert texts(octets, "BICFI") == ["AGRIFRPPXXX"]
    assert texts(octets, "Id").count("NOTPROVIDED") == 2


@pytest.mark.parametrize(
    ("faute"),
    [{"rum": "X" * 36}, {"iban": "pas un compte"}, {"sequence": "AUTRE"}, {"nom": ""}],
)
def test_a_file_that_is_not_valid_does_not_leave(faute: dict[str, object]) -> None:
    """The schema refuses; the error names lines, and no value."""
    with pytest.raises(RemiseRefusee) as refus:
        render(make_prelevement(1, **faute))
    assert not any(str(v) in str(refus.value) for v in faute.values() if v)


def test_no_name_or_account_in_what_is_printed() -> None:
    """A debit shown in an exception is its identifier."""
    assert repr(make_prelevement()) == "Prelevement(P999090012-20260427-01)"


@settings(max_examples=15)
@given(
    st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=8),
    st.text(min_size=1).filter(lambda t: sepa_text(t, 70)),
)
def test_totals_are_those_of_the_debits(montants: list[int], nom: str) -> None:
    """Number and sum are exact to the cent, whatever the amounts; the file stays valid."""
    octets = render(*(make_prelevement(n, m, nom=nom) for n, m in enumerate(montants, 1)))
    total = sum(montants)
    assert texts(octets, "CtrlSum")[0] == f"{total // 100}.{total % 100:02}"
    assert texts(octets, "NbOfTxs")[0] == str(len(montants))
    check_schema(octets, PRELEVEMENTS)
