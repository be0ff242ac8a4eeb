"""Bounds of a file of the bank: nothing grows with what repeats."""

from __future__ import annotations

import tracemalloc

import pytest

from parsers.banque.flux import BALISES_MAX, OCTETS_MAX
from parsers.banque.lecteur import read_banque
from sample_files.generateur.banque import Ligne, write_releve

BON = write_releve([Ligne(100, reference="x"), Ligne(200)])
TEXTES = b"<RmtInf>" + b"<Ustrd>x</Ustrd>" * 110_000
DEBUT, FIN = BON[: BON.index(b"<Ntry>")], BON[BON.index(b"</Stmt>") :]
ENTETE = DEBUT[: DEBUT.index(b"<Stmt>")]
UNE_ECRITURE = BON[BON.index(b"<Ntry>") : BON.index(b"</Ntry>") + len(b"</Ntry>")]


def test_a_file_beyond_fifty_millions_of_bytes_is_refused() -> None:
    """The bound is that of the whole file, told with its size."""
    assert OCTETS_MAX == 50_000_000
    anomalies = read_banque(0, b"<" + b" " * OCTETS_MAX).anomalies
    assert anomalies.select("code", "variante", "valeur").rows() == [("B001", "volume", "50000001")]
    assert read_banque(0, BON + b" " * (OCTETS_MAX - len(BON))).mouvements.height == 2


@pytest.mark.parametrize(
    "octets",
    [
        DEBUT + b"<a/>" * (BALISES_MAX + 1) + FIN,
        DEBUT + b"<a>" * 300 + b"</a>" * 300 + FIN,
        DEBUT + b"<Ntry><AddtlNtryInf>" + b"x" * 11_000_000 + b"</AddtlNtryInf></Ntry>" + FIN,
        DEBUT + UNE_ECRITURE.replace(b"<RmtInf>", TEXTES) + FIN,
        ENTETE + b"<Stmt/>" * 20_000 + b"</BkToCstmrStmt></Document>",
    ],
    ids=["elements", "profondeur", "texte", "ecriture", "releves"],
)
def test_what_no_bank_writes_is_refused(octets: bytes) -> None:
    """Too many elements, too deep, too long, too large an entry, too many statements: B001."""
    lecture = read_banque(0, octets)
    assert lecture.anomalies.select("code", "variante").rows() == [("B001", "bornes")]
    assert lecture.mouvements.is_empty()


def test_findings_alike_are_told_once() -> None:
    """Ten thousand entries of one fault: one anomaly, with their number."""
    dollars = UNE_ECRITURE.replace(b"EUR", b"USD") * 10_000
    lecture = read_banque(0, DEBUT + dollars + UNE_ECRITURE + FIN)
    anomalies = lecture.anomalies.filter(code="B005").select("severite", "nombre").rows()
    assert anomalies == [("signal", 10_000)]
    assert lecture.mouvements.height == 1


def test_a_hopeless_file_is_not_read_to_its_end() -> None:
    """Empty entries by the hundred thousand: the file is refused after a thousand of them."""
    lecture = read_banque(0, DEBUT + b"<Ntry/>" * 300_000 + FIN)
    assert lecture.mouvements.is_empty()
    bloquantes = lecture.anomalies.filter(severite="bloquante")
    assert 1_000 <= bloquantes["nombre"].sum() < 1_010
    assert lecture.anomalies.height < 20


def test_memory_follows_the_largest_entry() -> None:
    """Twice as many entries take what their rows take, not the whole of their elements."""
    pics = []
    for nombre in (2_000, 4_000):
        octets = DEBUT + UNE_ECRITURE * nombre + FIN
        tracemalloc.start()
        assert read_banque(0, octets).mouvements.height == nombre
        pics.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert pics[1] < 1.5 * pics[0] + len(UNE_ECRITURE) * 4_000
