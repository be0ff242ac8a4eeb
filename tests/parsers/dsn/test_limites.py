"""Every limit of the reader, at the limit and one beyond."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers.anomalies import LONGUEUR_VALEUR, MAXIMUM_CONSERVE
from parsers.dsn import enveloppe, structure
from parsers.dsn.enveloppe import LIGNE_SANS_FIN, TETE_OCTETS, open_fichier, parse_entete
from parsers.dsn.lignes import LONGUEUR_MAXIMALE
from pipelines.controle.lecture import read_fichiers

BON = Path(__file__).parents[3] / "sample_files" / "bons" / "mensuelle_normale.dsn"
ENTETE = b"S10.G00.00.006,'P26V01'\n"


@pytest.mark.parametrize("au_dela", [0, 1])
def test_anomalies_that_are_kept(au_dela: int) -> None:
    """Ten thousand a file, the first ones; the count is that of all of them."""
    assert MAXIMUM_CONSERVE == 10_000
    nombre = MAXIMUM_CONSERVE + au_dela
    entier = BON.read_bytes()
    total = entier.count(b"\n")
    # The total of lines is stated right: a wrong one would be an anomaly more.
    octets = entier.replace(f"'{total}'".encode(), f"'{total + nombre}'".encode())
    octets = octets.replace(b"S90.G00.90.001", b"ligne\n" * nombre + b"S90.G00.90.001")
    voisin = entier.replace(b"S10.G00.00.008", b"ligne\nS10.G00.00.008", 1)
    lecture = read_fichiers([(0, octets), (1, voisin)])
    assert [bilan.anomalies_bloquantes for bilan in lecture.bilans] == [nombre, 2]
    gardees = lecture.anomalies.filter(fichier=0)
    assert gardees["rang"].to_list() == [*range(1, MAXIMUM_CONSERVE + 1)]
    assert set(gardees["code"]) == {"F021"}
    assert gardees["ligne"].to_list() == [*range(total - 1, total - 1 + MAXIMUM_CONSERVE)]


@pytest.mark.parametrize("au_dela", [0, 1])
def test_length_of_a_line(au_dela: int, message: Any, lire: Any) -> None:
    """256 characters with the name of the rubric and the apostrophes, as the cahier says."""
    assert LONGUEUR_MAXIMALE == 256
    texte = "é" * (LONGUEUR_MAXIMALE - len("S21.G00.40.006,''") + au_dela)
    codes = [code for code, *_ in lire(message.avec("S21.G00.40.006", texte).octets()).codes]
    assert ("CV02" in codes) == bool(au_dela)


@pytest.mark.parametrize("au_dela", [0, 1])
def test_length_of_a_value_that_is_quoted(au_dela: int, message: Any, lire: Any) -> None:
    """The first 80 characters."""
    texte = "A" * (LONGUEUR_VALEUR - 1) + "B" * (1 + au_dela)
    # The label may not repeat a character: it is refused, and quoted.
    lecture = lire(message.avec("S21.G00.06.003", texte).octets())
    assert lecture.anomalies["valeur"].to_list() == [texte[:LONGUEUR_VALEUR]]


@pytest.mark.parametrize("au_dela", [0, 1])
def test_a_window_without_a_line_end(au_dela: int) -> None:
    """A whole mebibyte with no line end in it is no DSN (F026); one byte less may be one."""
    assert LIGNE_SANS_FIN == 1024**2
    octets = b"A" * (LIGNE_SANS_FIN - 1 + au_dela)
    [code] = open_fichier(0, octets).anomalies["code"]
    assert code == ("F026" if au_dela else "F022")


@pytest.mark.parametrize("au_dela", [0, 1])
def test_the_head_where_the_version_is_looked_for(au_dela: int) -> None:
    """The first 64 kibibytes; a message names its version in its first lines."""
    octets = b"\n" * (TETE_OCTETS - len(ENTETE) + 1 + au_dela) + ENTETE
    assert parse_entete(octets).version == (None if au_dela else "P26V01")


def test_the_head_where_the_charset_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A character of two bytes that the head cuts is not held against the file."""
    octets = "S10.G00.00.001,'LOGICIEL'\nS10.G00.00.002,'É'\n".encode()
    debut = octets.index("É".encode())
    for taille in (debut, debut + 1):
        monkeypatch.setattr(enveloppe, "TETE_OCTETS", taille)
        assert open_fichier(0, octets).anomalies["code"].to_list() == ["F022"]
    monkeypatch.setattr(enveloppe, "TETE_OCTETS", len(octets))
    assert open_fichier(0, octets).anomalies["code"].to_list() == ["F004"]


@pytest.mark.parametrize("au_dela", [0, 1])
def test_lines_that_wait_for_the_next_piece(
    au_dela: int, message: Any, individu: str, lire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An individual of as many lines as may wait is whole in its piece; a longer one is cut."""
    assert structure.ATTENTE_MAXIMALE == 10_000
    nombre = len(individu.splitlines())
    monkeypatch.setattr(structure, "ATTENTE_MAXIMALE", nombre - au_dela)
    attentes: list[int] = []
    unfinished = structure._unfinished

    def watch(*arguments: Any) -> pl.DataFrame | None:
        attente = unfinished(*arguments)
        attentes.append(0 if attente is None else len(attente))
        return attente

    monkeypatch.setattr(structure, "_unfinished", watch)
    octets = message.suivi(individu).suivi(individu).octets()
    coupe = lire(octets, taille=1)  # a line a piece
    assert (max(attentes) == nombre) == (not au_dela)
    assert max(attentes) <= nombre - au_dela
    assert_frame_equal(coupe.blocs["S21.G00.78"], lire(octets).blocs["S21.G00.78"])
