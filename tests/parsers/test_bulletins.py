"""The bases of payslips, from a CSV as payroll software and spreadsheets write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.bulletins import FAUTES_MAX, parse_bulletins


@pytest.mark.parametrize(
    "octets",
    [
        b"matricule;mois;base\nM1;2026-03;2300,50\n",
        b"\xef\xbb\xbfMatricule,Mois,Base\r\nM1,2026-03,2300.5\r\n",
        "nom\tbase\tmois\tmatricule\nLéa\t2\u202f300,50\t2026-03\tM1\n\n".encode(),
        "matricule;nom;mois;base\nM1;L\xe9a;2026-03;2300,50".encode("cp1252"),
    ],
)
def test_a_line_is_read_however_it_is_written(octets: bytes) -> None:
    """Separators, order of columns, spaces, comma or point, other columns, encodings."""
    lus = parse_bulletins(octets)
    assert lus.fautes == ()
    assert lus.lignes.rows() == [("M1", "2026-03", 230_050)]


def test_a_negative_base_is_one() -> None:
    """A payslip of regularisation."""
    assert parse_bulletins(b"matricule;mois;base\nM1;2026-03;-12,00").lignes["bulletin_centimes"][
        0
    ] == -1_200  # fmt: skip


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (b"", "ligne 1 : il manque la colonne matricule, mois, base"),
        (b"matricule;base\nM1;1", "ligne 1 : il manque la colonne mois"),
        (b"matricule;mois;base\n;2026-03;1", "ligne 2 : matricule absent"),
        (b"matricule;mois;base\nM1;03/2026;1", "ligne 2 : mois illisible"),
        (b"matricule;mois;base\nM1;2026-13;1", "ligne 2 : mois illisible"),
        (b"matricule;mois;base\nM1;2026-03;beaucoup", "ligne 2 : base illisible"),
        (b"matricule;mois;base\nM1", "ligne 2 : mois illisible"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(octets: bytes, dit: str) -> None:
    """And the value is not repeated: it may be anything."""
    (faute,) = parse_bulletins(octets).fautes
    assert faute.startswith(dit)
    assert "beaucoup" not in faute


def test_faults_are_told_up_to_a_number() -> None:
    """A wrong column does not fill the screen."""
    octets = b"matricule;mois;base\n" + b"M1;x;1\n" * 100
    assert len(parse_bulletins(octets).fautes) == FAUTES_MAX


@given(octets=st.binary(max_size=300))
def test_no_bytes_stop_it(octets: bytes) -> None:
    """Whatever the file is."""
    parse_bulletins(b"matricule;mois;base\n" + octets)
