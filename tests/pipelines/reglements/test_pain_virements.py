"""The file of transfers: valid, reproducible, exact, in the SEPA character set."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipelines.reglements.pain_virements import Virement, find_invalid, render_virements
from pipelines.reglements.sepa import RemiseRefusee
from specs.banque import VIREMENTS, read_xsd
from specs.caisse import read_caisse

IBAN = "FR1420041010050500013M02606"
SOIR, REMISE = date(2026, 4, 20), "VIRE-20260420-00003"
ESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def make_virement(rang: int = 1, centimes: int = 6_241, **autres: object) -> Virement:
    """A transfer that has everything."""
    champs: dict[str, object] = {
        "reglement": f"V260420-999090012-{rang:02}",
        "lot": f"{REMISE}-INT20260422",
        "date_execution": date(2026, 4, 22),
        "montant_centimes": centimes,
        "nom": "TERRASSEMENTS ÉCLUSES",
        "iban": IBAN,
        "bic": "EXEMFRPPXXX",
        "rue": "1 QUAI DES ÉCLUSES",
        "code_postal": "59000",
        "ville": "LILLE",
        "pays": "FR",
        "texte": "Remboursement d'intempéries INT-999090012-260420",
    }
    return Virement(**champs | autres)  # type: ignore[arg-type]


def render(*virements: Virement) -> bytes:
    """The file of these transfers."""
    return render_virements(REMISE, virements, read_caisse().creancier, SOIR)


def texts(octets: bytes, nom: str) -> list[str | None]:
    """Texts of every element of that name, in order."""
    return [e.text for e in etree.fromstring(octets).iter(ESPACE + nom)]


def test_a_batch_of_three_has_its_number_and_its_sum() -> None:
    """RP-08: three transfers, 5930.03 in all, two decimals."""
    octets = render(*(make_virement(n, m) for n, m in enumerate((114_578, 111_547, 366_878), 1)))
    assert texts(octets, "NbOfTxs") == ["3", "3"]
    assert texts(octets, "CtrlSum") == ["5930.03", "5930.03"]
    assert texts(octets, "InstdAmt") == ["1145.78", "1115.47", "3668.78"]
    assert texts(octets, "Dt") == ["2026-04-22"]
    etree.XMLSchema(etree.fromstring(read_xsd(VIREMENTS))).assertValid(etree.fromstring(octets))


def test_names_are_brought_to_the_sepa_characters() -> None:
    """Accents are dropped; the reference of the transfer and the account are whole."""
    octets = render(make_virement())
    assert "TERRASSEMENTS ECLUSES" in texts(octets, "Nm")
    assert texts(octets, "Ustrd") == ["Remboursement d'intemperies INT-999090012-260420"]
    assert texts(octets, "EndToEndId") == ["V260420-999090012-01"]
    assert texts(octets, "IBAN") == [read_caisse().creancier.iban, IBAN]


def test_days_and_natures_are_batches_of_their_own() -> None:
    """Whatever the order they come in, the same bytes."""
    demain = {"lot": f"{REMISE}-INT20260423", "date_execution": date(2026, 4, 23)}
    un, deux = make_virement(1), make_virement(2, **demain)
    assert render(un, deux) == render(deux, un)
    assert texts(render(un, deux), "Dt") == ["2026-04-22", "2026-04-23"]


def test_one_that_the_bank_would_refuse_is_found_and_no_other() -> None:
    """An account too long is told by its reference; the message quotes no account."""
    mauvais = make_virement(2, iban="FR00" + "1" * 40)
    with pytest.raises(RemiseRefusee) as refus:
        render(make_virement(1), mauvais)
    assert "FR00" not in str(refus.value)
    trouves = find_invalid([make_virement(1), mauvais], read_caisse().creancier, SOIR)
    assert trouves == {"V260420-999090012-02"}
    assert repr(mauvais) == "Virement(V260420-999090012-02)"


@settings(max_examples=30)
@given(st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=8))
def test_the_sum_of_the_file_is_that_of_its_orders(montants: list[int]) -> None:
    """To the cent, without any float."""
    octets = render(*(make_virement(n, m) for n, m in enumerate(montants, 1)))
    total = sum(montants)
    assert texts(octets, "CtrlSum")[0] == f"{total // 100}.{total % 100:02}"
