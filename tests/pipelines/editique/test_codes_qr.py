"""The code of a transfer says the ten lines of EPC069-12, or there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from segno.helpers import make_epc_qr

from pipelines.editique.codes_qr import OCTETS_MAX, build_virement, draw_qr
from specs.caisse import read_caisse

CREANCIER = read_caisse().creancier
REFERENCE = "C7501-202603-01"


def test_the_text_of_a_transfer() -> None:
    """Service, version, characters, transfer, BIC, name, IBAN, amount, then the reference."""
    assert build_virement(CREANCIER, 286_488, REFERENCE).split("\n") == [
        "BCD", "002", "1", "SCT", CREANCIER.bic, CREANCIER.nom, CREANCIER.iban,
        "EUR2864.88", "", "", REFERENCE,
    ]  # fmt: skip
    assert build_virement(replace(CREANCIER, bic=""), 5, REFERENCE).split("\n")[4::3] == [
        "",
        "EUR0.05",
        REFERENCE,
    ]


def test_segno_writes_the_same_code() -> None:
    """The library's own writer of these codes gives the very modules that are drawn."""
    texte = build_virement(CREANCIER, 286_488, REFERENCE)
    attendu = make_epc_qr(
        CREANCIER.nom, CREANCIER.iban, "2864.88", text=REFERENCE, bic=CREANCIER.bic, encoding=1
    )
    notre = segno.make(texte, error="m", boost_error=False, micro=False, mode="byte")
    assert notre.matrix == attendu.matrix
    assert draw_qr(texte) == draw_qr(texte)


@pytest.mark.parametrize(
    ("centimes", "reference"),
    [(0, REFERENCE), (-1, REFERENCE), (100_000_000_000, REFERENCE), (1, ""), (1, "R" * 141)],
)
def test_what_no_code_can_say(centimes: int, reference: str) -> None:
    """Nothing to pay, too much, no reference or one that banks would cut: no code."""
    assert build_virement(CREANCIER, centimes, reference) == ""


@given(st.integers(-10, 10**12), st.text(max_size=160), st.text(max_size=80))
def test_whatever_the_texts_a_code_holds_in_331_bytes(
    centimes: int, reference: str, nom: str
) -> None:
    """Eleven lines, never one more, that the largest version allowed (13, M) can hold."""
    texte = build_virement(replace(CREANCIER, nom=nom.replace("\n", " ")), centimes, reference)
    if texte:
        assert texte.count("\n") == 10
        assert len(texte.encode()) <= OCTETS_MAX
