"""Every limit of the reader, at the limit and one beyond."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers import anomalies
from parsers.anomalies import LONGUEUR_VALEUR, MAXIMUM_CONSERVE, by_kind
from parsers.dsn import enveloppe, lecteur, morceaux, structure
from parsers.dsn.enveloppe import LIGNE_SANS_FIN, TETE_OCTETS, open_fichier, parse_entete
from parsers.dsn.lignes import LONGUEUR_MAXIMALE
from parsers.dsn.lots import Envoi
from pipelines.verification import verify_fichiers

BON = Path(__file__).parents[3] / "sample_files" / "bons" / "mensuelle_normale.dsn"
ENTETE = b"S10.G00.00.006,'P26V01'\n"


@pytest.mark.parametrize("au_dela", [0, 1, 30])
def test_anomalies_that_are_kept(au_dela: int) -> None:
    """Ten thousand a file, the first ones, then one a kind; the count is that of all of them."""
    assert MAXIMUM_CONSERVE == 10_000
    nombre = MAXIMUM_CONSERVE + au_dela
    entier = BON.read_bytes()
    total = entier.count(b"\n")
    # The total of lines is stated right: a wrong one would be an anomaly more.
    octets = entier.replace(f"'{total}'".encode(), f"'{total + nombre}'".encode())
    octets = octets.replace(b"S90.G00.90.001", b"ligne\n" * nombre + b"S90.G00.90.001")
    voisin = entier.replace(b"S10.G00.00.008", b"ligne\nS10.G00.00.008", 1)
    lecture = verify_fichiers([(0, octets), (1, voisin)])
    assert [bilan.anomalies_bloquantes for bilan in lecture.bilans] == [nombre, 2]
    gardees = lecture.anomalies.filter(fichier=0, code="F021")
    rangees = MAXIMUM_CONSERVE + (au_dela > 0)
    assert gardees["rang"].to_list() == [*range(1, rangees + 1)]
    assert gardees["ligne"].to_list() == [*range(total - 1, total - 1 + rangees)]
    assert gardees["nombre"].to_list() == [1] * MAXIMUM_CONSERVE + [au_dela] * (au_dela > 0)


def test_what_is_beyond_is_counted_by_code_and_rubric() -> None:
    """Fifteen thousand lines of two kinds: no count is lost, and each kind has its first place."""
    entier = BON.read_bytes()
    intrus = b"S99.G00.00.001,'x'\nligne\n" * 7_500
    total = entier.count(b"\n") + 15_000
    octets = entier.replace(f"'{entier.count(chr(10).encode())}'".encode(), f"'{total}'".encode())
    octets = octets.replace(b"S90.G00.90.001", intrus + b"S90.G00.90.001")
    lecture = verify_fichiers([(0, octets)])
    bloquantes = lecture.anomalies.filter(severite="bloquante")
    assert bloquantes["nombre"].sum() == lecture.bilans[0].anomalies_bloquantes == 15_000
    reste = bloquantes.filter(pl.col("rang") > MAXIMUM_CONSERVE)
    assert set(reste.select("code", "nombre").rows()) == {("CV13", 2_500), ("F021", 2_500)}
    groupes = by_kind(bloquantes)
    assert set(groupes.select("code", "nombre", "detaillees").rows()) == {
        ("CV13", 7_500, 5_001),
        ("F021", 7_500, 5_001),
    }
    assert groupes["ligne"].min() == entier.count(b"\n") - 1


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
    assert code == ("F026" if au_dela else "F031")


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


@pytest.mark.parametrize("au_dela", [0, 1])
@pytest.mark.parametrize("taille", [1, 700, 100_000])
def test_lines_of_an_individual(
    au_dela: int, taille: int, message: Any, individu: str, lire: Any, monkeypatch: Any
) -> None:
    """An individual of one line more than may wait is F028 at its first line, once."""
    nombre = len(individu.splitlines())
    monkeypatch.setattr(structure, "ATTENTE_MAXIMALE", nombre - au_dela)
    double = message.suivi(individu).suivi("S21.G00.85.001,'80000001000010'")
    trouvees = lire(double.octets(), taille=taille).anomalies.filter(code="F028")
    debuts = [message.rang("S21.G00.30.001") + 1, len(message.lignes) + 1]
    assert trouvees["ligne"].to_list() == (debuts if au_dela else [])
    assert set(trouvees["bloc"]) <= {"S21.G00.30"}


@pytest.mark.parametrize("au_dela", [0, 1])
def test_lines_of_a_file(au_dela: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty million; a file of more is not read (F027), and told how many it has."""
    assert enveloppe.LIGNES_MAXIMALES == 20_000_000
    nombre = BON.read_bytes().count(b"\n")
    monkeypatch.setattr(enveloppe, "LIGNES_MAXIMALES", nombre - au_dela)
    lecture = verify_fichiers([(0, BON.read_bytes())])
    trouvees = lecture.anomalies.select("code", "valeur", "attendu").rows()
    assert trouvees == ([("F027", str(nombre), str(nombre - 1))] if au_dela else [])
    assert lecture.bilans[0].verdict == ("ILLISIBLE" if au_dela else "CONFORME")


@pytest.mark.parametrize("maximum", [1, 7, 100])
def test_lines_of_a_piece(
    maximum: int, message: Any, individu: str, lire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece has so many lines at most, of whatever length; what is read is the same."""
    assert morceaux.MORCEAU_LIGNES == 600_000
    octets = message.suivi("").suivi(individu).octets()
    attendue = lire(octets)
    monkeypatch.setattr(morceaux, "MORCEAU_LIGNES", maximum)
    lus = [extrait.octets for [extrait] in morceaux.cut([Envoi(0, octets)])]
    assert b"".join(lus) == octets
    assert {lu.count(b"\n") for lu in lus[:-1]} == {maximum}
    assert_frame_equal(lire(octets).anomalies, attendue.anomalies)


@pytest.mark.parametrize("au_dela", [0, 1])
def test_refusals_beyond_which_coherence_is_not_judged(
    au_dela: int, message: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file refused more often than its report can tell: a signal says what was not done."""
    faux = message.avec("S21.G00.40.014", "1").avec("S21.G00.30.006", "31022030")
    faux = faux.avec("S21.G00.50.001", "15032027")
    entier = verify_fichiers([(0, faux.octets())])
    refus = entier.anomalies.filter(
        ~pl.col("code").str.contains(anomalies.COHERENCE), severite="bloquante"
    )
    assert len(refus) < len(entier.anomalies)
    monkeypatch.setattr(lecteur, "MAXIMUM_CONSERVE", len(refus) - au_dela)
    lecture = verify_fichiers([(0, faux.octets())])
    codes = set(lecture.anomalies["code"])
    assert ("F029" in codes) == bool(au_dela)
    assert codes - {"F029"} == set((refus if au_dela else entier.anomalies)["code"])
