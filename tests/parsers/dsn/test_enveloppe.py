"""What is known of a file before it is read, and what forbids reading it."""

import tracemalloc
from typing import Any

import pytest

from parsers.dsn.enveloppe import open_fichier, parse_entete

LOT = b"""\
S05.G51.00.001,'V01R02'
S05.G51.00.002,'LOT1'
S06.G51.00.001,'DSNOK'
"""
FIN_LOT = b"""\
S96.G51.00.001,'FINSL'
S95.G51.00.001,'LOT1'
S95.G51.00.002,'2'
"""


def test_empty_file(lire: Any) -> None:
    """An empty file is F020."""
    assert lire(b"").codes == [("F020", None, None)]


@pytest.mark.parametrize(
    ("octets", "variante"),
    [
        ("S10.G00.00.001,'A'\n".encode("utf-16"), "utf16"),
        ("S10.G00.00.001,'A'\n".encode("utf-16-le"), "utf16"),
        ("S10.G00.00.001,'A'\n".encode("utf-16-be"), "utf16"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00", "binaire"),
        ("\ufeffS10.G00.00.001,'A'\n".encode(), "utf8"),
        ("S10.G00.00.001,'ÉTÉ'\n".encode(), "utf8"),
    ],
)
def test_wrong_charset(octets: bytes, variante: str, lire: Any) -> None:
    """UTF-16, binary and UTF-8 files are F004, each with its wording."""
    anomalie = lire(octets).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("F004", variante)


@pytest.mark.parametrize("version", ["P21V01", "P99V01", "", "26"])
def test_unknown_version(version: str, message: Any, lire: Any) -> None:
    """A version without a dictionary is F022, which tells the versions that are read."""
    anomalie = lire(message.avec("S10.G00.00.006", version).octets()).seule()
    assert (anomalie["code"], anomalie["valeur"]) == ("F022", version)
    assert "P26V01" in anomalie["attendu"]


def test_text_that_is_not_a_dsn(lire: Any) -> None:
    """Text without a line of the norm is F031: nothing is said of a version."""
    assert lire(b"Bonjour,\nvoici la DSN.\n").codes == [("F031", 1, None)]
    assert lire(b"<html><body>La DSN</body></html>").codes == [("F031", 1, None)]


@pytest.mark.parametrize("fin", ["\r", "\r\n"])
def test_carriage_returns_alone(fin: str, message: Any, lire: Any) -> None:
    """Lines that end with a carriage return alone are told; with a line feed too, they are read."""
    lecture = lire(message.octets(fin))
    trouvees = lecture.anomalies.select("code", "variante", "ligne").rows()
    assert trouvees == ([("F026", "retour_chariot", 1)] if fin == "\r" else [])


def test_version_that_is_not_told(message: Any, lire: Any) -> None:
    """Without its rubric, or when its line can't be read: F022 says which."""
    sans = lire(message.sans("S10.G00.00").octets()).seule()
    assert (sans["code"], sans["variante"], sans["ligne"]) == ("F022", "absente", 1)
    octets = message.octets().replace(b"S10.G00.00.006,'P26V01'", b"S10.G00.00.006,P26V01")
    illisible = lire(octets).seule()
    assert (illisible["code"], illisible["variante"]) == ("F022", "illisible")
    assert illisible["valeur"] == "S10.G00.00.006,P26V01"


def test_messages_one_after_the_other(message: Any, lire: Any) -> None:
    """Two whole messages in a file without the lines of a batch: both are read, one anomaly."""
    lecture = lire(message.octets() * 3)
    anomalie = lecture.seule()
    assert (anomalie["code"], anomalie["variante"]) == ("CST-02", "en_trop")
    assert (anomalie["bloc"], anomalie["nombre"]) == ("S10.G00.00", 2)
    assert anomalie["ligne"] == len(message.lignes) + 3
    assert lecture.blocs["S20.G00.05"]["rang_declaration"].to_list() == [1, 2, 3]


def test_batch_without_a_message(lire: Any) -> None:
    """The lines of a batch alone are F030."""
    anomalie = lire(LOT + FIN_LOT).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("F030", "vide")


def test_lines_of_a_batch_outside_its_messages(message: Any, lire: Any) -> None:
    """A message without its first line would not be read: F030 at its first line, with how many."""
    perdu = message.sans("S10.G00.00.001").octets()
    anomalie = lire(LOT + message.octets() + perdu + FIN_LOT).seule()
    assert (anomalie["code"], anomalie["variante"]) == ("F030", None)
    assert anomalie["ligne"] == 3 + len(message.lignes) + 3
    assert anomalie["nombre"] == len(message.lignes) + 1


def test_mode_and_version_of_the_header(message: Any) -> None:
    """The header tells the version, and whether the message is a test."""
    reel = parse_entete(message.octets())
    essai = parse_entete(message.avec("S10.G00.00.005", "01").octets())
    assert (reel.version, reel.essai, essai.essai) == ("P26V01", False, True)
    assert parse_entete(b"").essai is None


def test_million_character_line(message: Any, lire: Any) -> None:
    """A line of a million characters is CV02, as well as too long for its rubric."""
    ligne = message.rang("S21.G00.40.006") + 1
    lecture = lire(message.avec("S21.G00.40.006", "A" * 1_000_000).octets())
    assert [c for c in lecture.codes if c[1] == ligne] == [
        ("CSL-01", ligne, "S21.G00.40.006"),
        ("CV02", ligne, None),
    ]
    assert len(lecture.codes) == 2
    assert max(lecture.anomalies["valeur"].str.len_chars()) <= 80


def test_file_without_a_line_end() -> None:
    """50 MB without a line end are refused at once, in the memory of the file alone."""
    octets = b"S10.G00.00.006,'P26V01'\n" + b"A" * 50_000_000
    tracemalloc.start()
    ouverture = open_fichier(0, octets)
    _, pic = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ouverture.envois == ()
    assert ouverture.anomalies.select("code", "ligne").rows() == [("F026", 2)]
    assert pic < 5_000_000


def test_batch_is_unwrapped(message: Any, lire: Any) -> None:
    """The messages of a batch are read one by one, with the line numbers of the file."""
    fautif = message.avec("S21.G00.40.002", "ZZ").octets()
    lecture = lire(LOT + message.octets() + fautif + FIN_LOT)
    place = 3 + len(message.lignes) + 2 + message.rang("S21.G00.40.002") + 1
    assert lecture.codes == [("CSL-11", place, "S21.G00.40.002")]
    declarations = lecture.blocs["S20.G00.05"]
    assert declarations["rang_declaration"].to_list() == [1, 2]
    assert declarations["occurrence"].to_list() == [1, 2]


def test_batch_of_two_versions(message: Any, lire: Any) -> None:
    """Each message of a batch is read with the dictionary of its own version."""
    autre = message.en_version("P27V01").avec("S21.G00.40.002", "ZZ")
    lecture = lire(LOT + message.octets() + autre.octets() + FIN_LOT)
    place = 3 + len(message.lignes) + 2 + autre.rang("S21.G00.40.002") + 1
    assert lecture.codes == [("CSL-11", place, "S21.G00.40.002")]


def test_batch_with_an_unknown_version(message: Any, lire: Any) -> None:
    """A message of an unknown version is F022 at its first line; the others are read."""
    inconnu = message.avec("S10.G00.00.006", "P21V01").octets()
    lecture = lire(LOT + inconnu + message.octets() + FIN_LOT)
    assert lecture.codes == [("F022", 4, "S10.G00.00.006")]
    assert lecture.lignes == len(message.lignes) + 2


def test_insurers_batch_is_unwrapped(message: Any, lire: Any) -> None:
    """The insurers' variant of the batch starts with a block S20.G51."""
    lecture = lire(b"S20.G51.00.001,'LOT'\n" + message.octets())
    assert lecture.codes == []
    assert lecture.blocs["S10.G00.00"]["ligne"].to_list() == [2]
