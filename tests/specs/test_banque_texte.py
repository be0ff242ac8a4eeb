"""Texts that go to banks: every letter is written, or named as one that can't be."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.banque.texte import sepa_text, unwritable

SEPA = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
LATINES = [chr(c) for c in range(0x180) if unicodedata.category(chr(c))[0] == "L"]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Société d’Électricité & Cie", "Societe d'Electricite + Cie"),
        ("ŒUVRE ÇA №5", "OEUVRE CA No5"),
        ("A\tB\n C<D>", "A B C D"),
        ("Łódź – Gdańsk", "Lodz - Gdansk"),
        ("SØREN Đorđe þór Ðð", "SOREN Dorde thor Dd"),
        ("Straße ẞ Ħamrun Iğdır Ŋŋ Ŧŧ", "Strasse SS Hamrun Igdir Nn Tt"),
        ("Ǿ Ǽ ﬁ ①", "O AE fi 1"),
    ],
)
def test_texts_are_brought_to_the_sepa_set(texte: str, attendu: str) -> None:
    """Accents fall, letters that are not plain become plain ones, other signs a blank."""
    assert sepa_text(texte, 70) == attendu
    assert unwritable(texte) == ""


@pytest.mark.parametrize("lettre", LATINES)
def test_no_letter_of_european_languages_is_dropped(lettre: str) -> None:
    """Every letter of Latin-1 and Latin Extended-A is written, with letters."""
    assert re.fullmatch("[A-Za-z]+", sepa_text(f"a{lettre}z", 70)[1:-1])


@pytest.mark.parametrize(
    ("texte", "refusees"),
    [("ЮРИЙ СТРОЙ", "ЮРИЙСТО"), ("Łódź — 北京", "北京"), ("Αθήνα 12", "Αθήνα"), ("١٢", "١٢")],
)
def test_letters_of_other_alphabets_are_named(texte: str, refusees: str) -> None:
    """What can't be written is named, each letter once."""
    assert unwritable(texte) == refusees


@given(st.text(), st.integers(1, 140))
def test_any_text_is_brought_to_the_sepa_set(texte: str, longueur: int) -> None:
    """Short enough, in the set, without blanks around, and stable."""
    propre = sepa_text(texte, longueur)
    assert len(propre) <= longueur
    assert SEPA.fullmatch(propre)
    assert propre == propre.strip() == sepa_text(propre, longueur)


@given(st.text(min_size=1))
def test_a_letter_is_written_or_named(texte: str) -> None:
    """Whatever the text, each of its letters and figures leaves something in one of the two."""
    refusees = unwritable(texte)
    for caractere in texte:
        if unicodedata.category(caractere)[0] in "LN" and caractere not in refusees:
            assert sepa_text(caractere, 70)
