"""Damaged files of the bank: never a traceback, never a wrong total taken for a good one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.banque.flux import OCTETS_MAX, is_xml
from parsers.banque.lecteur import read_banque
from parsers.banque.valeurs import format_centimes, parse_centimes
from sample_files.generateur.banque import Ligne, write_releve, write_statut

BON = write_releve(
    [
        Ligne(123_456, reference="C900101-202603-01", reference_banque="BQ-1"),
        (
            Ligne(20_000, "PRELEVEMENT", bout_en_bout="P1", rum="RUM-1"),
            Ligne(30_050, "PRELEVEMENT", bout_en_bout="P2", rum="RUM-2"),
        ),
        Ligne(-20_000, "RETOUR", bout_en_bout="P1", code="AM04"),
    ]
)
STATUT = write_statut("PRLV-1", [("PRLV-1-B", None, [("P1", "AC04")])])
TOTAL = 153_506


@given(st.sampled_from((BON, STATUT)), st.data())
def test_a_cut_file_is_not_read(octets: bytes, data: st.DataObject) -> None:
    """Whatever place a transfer stops at, the file is not a whole document: B001."""
    fin = data.draw(st.integers(1, len(octets.rstrip()) - 1))
    lecture = read_banque(0, octets[:fin])
    assert lecture.version is None
    assert lecture.anomalies["code"].to_list() == ["B001"]


@given(st.sampled_from((BON, STATUT)), st.data())
def test_a_changed_byte_never_stops_the_reader(octets: bytes, data: st.DataObject) -> None:
    """Any byte replaced: an answer comes, and a statement without anomaly keeps its total."""
    rang = data.draw(st.integers(0, len(octets) - 1))
    octet = data.draw(st.binary(min_size=1, max_size=1))
    lecture = read_banque(0, octets[:rang] + octet + octets[rang + 1 :])
    bloquantes = (lecture.anomalies["severite"] == "bloquante").any()
    if octets is BON and not bloquantes and lecture.anomalies.is_empty():
        assert lecture.mouvements["montant_centimes"].sum() == TOTAL


@pytest.mark.parametrize("octets", [BON, STATUT])
def test_a_namespace_that_is_no_address_is_refused(octets: bytes) -> None:
    """Its brace stops no reader."""
    lecture = read_banque(0, octets.replace(b"urn:iso", b"u}n:iso", 1))
    assert lecture.anomalies["code"].to_list() == ["B001"]


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_answered(octets: bytes) -> None:
    """What is no message of the bank is refused with one anomaly."""
    lecture = read_banque(0, octets)
    assert lecture.version is None
    assert lecture.mouvements.is_empty()
    assert lecture.anomalies["code"].to_list()[0] in {"B001", "B002"}


@given(st.lists(st.integers(-(10**11), 10**11).filter(bool), min_size=1, max_size=20))
def test_amounts_keep_every_cent(montants: list[int]) -> None:
    """What is written is what is read, credits and debits, with totals and balances."""
    lecture = read_banque(0, write_releve([Ligne(m, nature=None) for m in montants]))
    assert lecture.anomalies.is_empty()
    assert lecture.mouvements["montant_centimes"].to_list() == montants


@given(st.integers(0, 10**15 - 1))
def test_cents_are_read_by_their_digits(centimes: int) -> None:
    """An amount written then read is the same integer, with one or two decimals, or none."""
    assert parse_centimes(format_centimes(centimes)) == centimes
    if centimes % 100 == 0:
        assert parse_centimes(str(centimes // 100)) == centimes


@pytest.mark.parametrize(
    "texte", ["", ".", "+", "1,5", "1e3", "1.234", "0.001", "٣", " 1", "1 000", "1" * 14, "0x1"]
)
def test_other_forms_of_amounts_are_refused(texte: str) -> None:
    """No comma, no blank, no fraction of a cent, no digit of another script, no absurd amount."""
    assert parse_centimes(texte) is None


@pytest.mark.parametrize(
    "texte", ["5", "5.", "005", "+5", "5.0", "5.00000", "0005.00", "+5.00", "5." + "0" * 5000]
)
def test_every_form_of_a_decimal_is_read(texte: str) -> None:
    """What XML Schema calls a decimal is an amount, however many zeros are around."""
    assert parse_centimes(texte) == 500
    assert parse_centimes("-" + texte.removeprefix("+")) == -500
    assert parse_centimes("0" * 5000 + texte.removeprefix("+")) == 500
    assert parse_centimes(".05") == 5


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (b"<!DOCTYPE Document><Document/>", ("B001", "dtd")),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', ("B001", "dtd")),
        (b"<Document xmlns='urn:autre'/>", ("B002", None)),
        (BON.replace(b"camt.053.001.08", b"camt.052.001.08"), ("B002", None)),
        (BON.replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"), ("B003", None)),
        (b" " * (OCTETS_MAX + 1), ("B001", "volume")),
    ],
    ids=["dtd", "entite", "espace", "version", "corps", "volume"],
)
def test_what_is_not_a_message_of_the_bank_is_refused(
    octets: bytes, attendu: tuple[str, str | None]
) -> None:
    """A definition of type, another vocabulary, a former version, a giant: told apart."""
    anomalies = read_banque(0, octets).anomalies
    assert anomalies.select("code", "variante").rows() == [attendu]


def test_a_bomb_of_entities_is_refused() -> None:
    """Entities that multiply are refused at once."""
    entites = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    bombe = f'<!DOCTYPE d [<!ENTITY e0 "ha">{entites}]><d>&e11;</d>'
    assert read_banque(0, bombe.encode()).anomalies["code"].to_list() == ["B001"]


@pytest.mark.parametrize(
    ("octets", "oui"),
    [(BON, True), (b"\xef\xbb\xbf \n<a/>", True), (b"S10.G00.00.001,'x'\n", False), (b"", False)],
)
def test_a_document_is_known_by_its_first_bytes(octets: bytes, oui: bool) -> None:
    """XML is told from a DSN without reading it."""
    assert is_xml(octets) is oui
