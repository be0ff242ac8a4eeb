"""What was paid, kept by a bank, and moved on the account: always three amounts that close."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.banque.montants import Annonce, Part, share

CENTIMES = st.integers(0, 10**9)
ANNONCES = st.builds(
    Annonce,
    montant=st.none() | CENTIMES,
    sens=st.sampled_from((None, 1, -1)),
    ordre=st.none() | CENTIMES,
    frais=st.none() | st.integers(-1000, 1000),
    inclus=st.booleans(),
)


@given(
    st.integers(-(10**9), 10**9), st.lists(ANNONCES, min_size=1, max_size=4), st.none() | CENTIMES
)
def test_parts_add_up_to_their_entry(
    total: int, annonces: list[Annonce], frais: int | None
) -> None:
    """Whatever the details tell, the parts make the entry, and net = brut - frais in each."""
    parts = share(total, annonces, frais)
    if parts is not None:
        assert sum(p.net for p in parts) == total
        assert all(p.net == p.brut - p.frais for p in parts)
        assert len(parts) in {len(annonces), len(annonces) + 1}


@pytest.mark.parametrize(
    ("total", "annonce", "frais", "attendu"),
    [
        (-282_223, Annonce(ordre=281_923, frais=300), None, Part(-282_223, -281_923, 300)),
        (-282_223, Annonce(281_923, -1, frais=300), None, Part(-282_223, -281_923, 300)),
        (-282_223, Annonce(281_923), 300, Part(-282_223, -281_923, 300)),
        (-282_223, Annonce(282_223, frais=300, inclus=True), None, Part(-282_223, -281_923, 300)),
        (-282_223, Annonce(281_923), None, Part(-282_223, -281_923, 300)),
        (-282_223, Annonce(282_223, frais=300), None, Part(-282_223, -282_223)),
        (49_700, Annonce(49_700, ordre=50_000, frais=300), None, Part(49_700, 50_000, 300)),
        (49_700, Annonce(50_000, frais=300), None, Part(49_700, 50_000, 300)),
        (49_700, Annonce(49_700, frais=300, inclus=True), None, Part(49_700, 50_000, 300)),
        (49_700, Annonce(49_700, ordre=50_000), None, Part(49_700, 49_700)),
        (50_000, Annonce(), None, Part(50_000, 50_000)),
        (50_000, Annonce(frais=100), None, Part(50_000, 50_000)),
    ],
)
def test_charges_stand_apart(
    total: int, annonce: Annonce, frais: int | None, attendu: Part
) -> None:
    """A return is worth its debit, a payment what was paid; a credit is never guessed larger."""
    assert share(total, [annonce], frais) == [attendu]


@pytest.mark.parametrize(
    ("total", "annonces", "frais", "attendu"),
    [
        (300, [Annonce(100), Annonce(200)], None, [Part(100, 100), Part(200, 200)]),
        (-100, [Annonce(100, 1), Annonce(200, -1)], None, [Part(100, 100), Part(-200, -200)]),
        (-300, [Annonce(100, 1), Annonce(200, 1)], None, [Part(-100, -100), Part(-200, -200)]),
        (
            -306,
            [Annonce(100, frais=3), Annonce(200, frais=3)],
            None,
            [Part(-103, -100, 3), Part(-203, -200, 3)],
        ),
        (
            -303,
            [Annonce(100), Annonce(200)],
            3,
            [Part(-100, -100), Part(-200, -200), Part(-3, 0, 3)],
        ),
        (300, [Annonce(100), Annonce(150)], None, None),
        (300, [Annonce(100), Annonce()], None, None),
    ],
)
def test_details_of_a_batch(
    total: int, annonces: list[Annonce], frais: int | None, attendu: list[Part] | None
) -> None:
    """Details close with their entry, charges in each or in the whole; else nothing is guessed."""
    assert share(total, annonces, frais) == attendu
