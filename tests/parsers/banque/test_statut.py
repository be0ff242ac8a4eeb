"""Reports on our debits: the whole file, a batch or one debit refused."""

from __future__ import annotations

import re
from datetime import date

import pytest

from parsers.banque.lecteur import read_banque
from sample_files.generateur.banque import write_statut

COLONNES = ("remise", "bout_en_bout", "code_motif", "montant_centimes", "nature")


def test_refused_debits_come_one_by_one() -> None:
    """Each refused debit is a row of no amount, with its batch and its reason."""
    octets = write_statut("PRLV-1", [("PRLV-1-B", None, [("P1", "AC04"), ("P2", "MD01")])])
    lecture = read_banque(0, octets)
    assert lecture.anomalies.is_empty()
    assert lecture.mouvements.select(COLONNES).rows() == [
        ("PRLV-1-B", "P1", "AC04", 0, "REJET"),
        ("PRLV-1-B", "P2", "MD01", 0, "REJET"),
    ]
    assert lecture.mouvements["date_operation"].to_list() == [date(2026, 4, 28)] * 2


def test_a_refused_batch_is_one_row() -> None:
    """A batch refused as a whole names no debit."""
    octets = write_statut("PRLV-1", [("PRLV-1-B", "RJCT", [("P1", "AM04")])], code="FF01")
    assert read_banque(0, octets).mouvements.select(COLONNES).rows() == [
        ("PRLV-1-B", None, "FF01", 0, "REJET")
    ]


def test_a_batch_refused_for_its_debits_tells_them_first() -> None:
    """Without a reason of its own, the batch comes after each debit with the reason given there."""
    entier = write_statut("PRLV-1", [("PRLV-1-B", "RJCT", [("P1", "AC04")])])
    raison = rb"(?s)(</PmtInfSts>)\s*<StsRsnInf>.*?</StsRsnInf>"
    octets = re.sub(raison, rb"\1", entier)
    assert read_banque(0, octets).mouvements.select(COLONNES).rows() == [
        ("PRLV-1-B", "P1", "AC04", 0, "REJET"),
        ("PRLV-1-B", None, "AC04", 0, "REJET"),
    ]
    muet = octets.replace(b"<TxSts>RJCT</TxSts>", b"")
    assert muet != octets
    assert read_banque(0, muet).mouvements["bout_en_bout"].to_list() == ["P1", None]


def test_a_refused_file_is_one_row() -> None:
    """A file refused as a whole names the file, whatever is told of its batches."""
    octets = write_statut("PRLV-1", [("PRLV-1-B", "RJCT", [])], groupe="RJCT", code="FF01")
    assert read_banque(0, octets).mouvements.select(COLONNES).rows() == [
        ("PRLV-1", None, "FF01", 0, "REJET")
    ]


@pytest.mark.parametrize("statut", ["ACCP", "PART", "ACSC"])
def test_what_is_accepted_says_nothing(statut: str) -> None:
    """A report without a refusal is read and brings no row."""
    lecture = read_banque(0, write_statut("PRLV-1", groupe=statut))
    assert lecture.version == "pain.002.001.10"
    assert lecture.mouvements.is_empty()


@pytest.mark.parametrize(
    ("avant", "apres", "code"),
    [
        (b"<OrgnlMsgId>PRLV-1</OrgnlMsgId>", b"", "B003"),
        (b"<OrgnlPmtInfId>PRLV-1-B</OrgnlPmtInfId>", b"", "B003"),
        (b"RJCT", b"REFUSE", "B015"),
        (b"2026-04-28T08", b"28/04/2026T08", "B004"),
    ],
)
def test_what_its_schema_forbids_and_the_fund_needs_refuses_the_file(
    avant: bytes, apres: bytes, code: str
) -> None:
    """An absent reference, a status that cannot be, a wrong date: the report must come again."""
    octets = write_statut("PRLV-1", [("PRLV-1-B", None, [("P1", "AC04")])])
    assert avant in octets
    anomalies = read_banque(0, octets.replace(avant, apres, 1)).anomalies
    assert anomalies.filter(severite="bloquante")["code"].to_list() == [code]


@pytest.mark.parametrize(
    ("avant", "apres", "code", "refus"),
    [
        (b"<OrgnlEndToEndId>P1</OrgnlEndToEndId>", b"", None, 1),
        (b"<OrgnlMsgId>PRLV-1", b"<OrgnlMsgId>" + b"X" * 36, "B013", 1),
        (b"<TxSts>RJCT", b"<TxSts>CANC", None, 1),
        (b"<TxSts>RJCT", b"<TxSts>ZZZZ", "B015", 0),
        (b"pain.008.001.08</OrgnlMsgNmId>", b"PRELEVEMENTS</OrgnlMsgNmId>", None, 1),
        (b"pain.008.001.08</OrgnlMsgNmId>", b"pain.013.001.07</OrgnlMsgNmId>", "B017", 0),
    ],
)
def test_what_its_schema_allows_is_read(
    avant: bytes, apres: bytes, code: str | None, refus: int
) -> None:
    """A debit without a name, a cancellation, a report on something else: read, said when odd."""
    octets = write_statut("PRLV-1", [("PRLV-1-B", None, [("P1", "AC04")])])
    assert avant in octets
    lecture = read_banque(0, octets.replace(avant, apres, 1))
    assert lecture.anomalies["code"].to_list() == ([code] if code else [])
    assert not (lecture.anomalies["severite"] == "bloquante").any()
    assert len(lecture.mouvements) == refus
