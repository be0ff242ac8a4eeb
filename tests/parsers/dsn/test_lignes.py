"""Controls of the line level: length, line ends, empty and unknown lines, encoding."""

from typing import Any

import pytest


def test_conforming_message_has_no_anomaly(message: Any, lire: Any) -> None:
    """A conforming message gives no anomaly, and every line is counted."""
    lecture = lire(message.octets())
    assert lecture.codes == []
    assert lecture.lignes == len(message.lignes) + 2


@pytest.mark.parametrize("version", ["P24V01", "P25V01", "P26V01", "P27V01"])
def test_each_version_has_its_dictionary(version: str, message: Any, lire: Any) -> None:
    """The same declaration conforms in each version, written as that version asks."""
    assert lire(message.en_version(version).octets()).codes == []


def test_line_longer_than_the_norm(message: Any, lire: Any) -> None:
    """A line of more than 256 characters is CV02 and tells its length, whatever it holds."""
    longue = message.avec("S21.G00.40.006", "A" * 300)
    lecture = lire(longue.octets())
    ligne = longue.rang("S21.G00.40.006") + 1
    assert lecture.codes == [
        ("CSL-01", ligne, "S21.G00.40.006"),
        ("CV02", ligne, None),
    ]
    assert lecture.anomalies["valeur"][1] == "317 caractères"


def test_long_service_line_is_legal(message: Any, lire: Any) -> None:
    """The dated NIR that the platform adds may be longer than a declarant's line."""
    date = "S21.G00.30.311,'" + "1850669123101 " * 30 + "'"
    assert lire(message.apres("S21.G00.30.015", date).octets()).codes == []


def test_line_length_counts_characters(message: Any, lire: Any) -> None:
    """A line of 256 characters is legal, accents counting for one."""
    texte = "é" * (256 - len("S21.G00.40.006,''"))
    assert "CV02" not in [c for c, *_ in lire(message.avec("S21.G00.40.006", texte).octets()).codes]


@pytest.mark.parametrize("fin", ["\n", "\r\n"])
def test_both_line_ends_are_legal(fin: str, message: Any, lire: Any) -> None:
    """CRLF and LF give the same frames and no anomaly."""
    lecture, attendue = lire(message.octets(fin)), lire(message.octets())
    assert lecture.codes == []
    assert all(lecture.blocs[b].equals(attendue.blocs[b]) for b in attendue.blocs)


def test_mixed_line_ends_are_legal(message: Any, lire: Any) -> None:
    """CRLF and LF may alternate in one file."""
    lignes = message.octets().splitlines()
    octets = b"".join(li + (b"\r\n" if i % 2 else b"\n") for i, li in enumerate(lignes))
    assert lire(octets).codes == []


def test_carriage_return_alone(message: Any, lire: Any) -> None:
    """A carriage return inside a line is CV03, at that line."""
    lecture = lire(message.avec("S21.G00.40.006", "A\rB").octets())
    ligne = message.rang("S21.G00.40.006") + 1
    assert ("CV03", ligne, None) in lecture.codes


def test_last_line_without_end_is_a_signal(message: Any, lire: Any) -> None:
    """A last line without a line end is read, and told as a signal only."""
    anomalie = lire(message.octets().rstrip(b"\n")).seule()
    assert (anomalie["code"], anomalie["severite"]) == ("CV03", "signal")
    assert anomalie["ligne"] == len(message.lignes) + 2


def test_empty_line(message: Any, lire: Any) -> None:
    """An empty line is CV07, and does not count in the total of lines."""
    octets = message.octets().replace(b"S20.G00.05.001", b"\nS20.G00.05.001")
    assert lire(octets).codes == [("CV07", message.rang("S20.G00.05.001") + 1, None)]


def test_unknown_rubric(message: Any, lire: Any) -> None:
    """A rubric that its version lacks is CV10."""
    lecture = lire(message.apres("S21.G00.30.015", "S21.G00.30.099,'1'").octets())
    assert lecture.codes == [("CV10", message.rang("S21.G00.30.015") + 2, "S21.G00.30.099")]


def test_rubric_of_another_version(message: Any, lire: Any) -> None:
    """A rubric of another version is unknown: dictionaries are never merged."""
    assert [c for c, *_ in lire(message.avec("S10.G00.00.006", "P27V01").octets()).codes] == [
        "CV10",
        "CV10",
        "CST-03",
    ]


def test_unknown_block(message: Any, lire: Any) -> None:
    """A block that the version lacks is CV13."""
    lecture = lire(message.apres("S21.G00.40.043", "S21.G00.43.001,'1'").octets())
    assert lecture.codes == [("CV13", message.rang("S21.G00.40.043") + 2, "S21.G00.43.001")]


@pytest.mark.parametrize(
    "ligne",
    [
        "S21.G00.30.015,FR",
        "S21.G00.30.015 'FR'",
        "S21.G00.30.015,'FR",
        "S21.G00.30.015,'",
        "s21.g00.30.015,'FR'",
        " S21.G00.30.015,'FR'",
        "S21.G00.30.015,'FR' ",
        "n'importe quoi",
    ],
)
def test_line_without_the_form_of_a_rubric(ligne: str, message: Any, lire: Any) -> None:
    """What is not an identifier, a comma and a value between apostrophes is F021."""
    place = message.rang("S21.G00.40.001")
    lecture = lire(message.avant("S21.G00.40.001", ligne).octets())
    assert lecture.codes == [("F021", place + 1, None)]


def test_line_content_is_never_quoted(message: Any, lire: Any) -> None:
    """A line that can't be read may hold a name: it is not repeated in the anomaly."""
    octets = message.octets().replace(b"S21.G00.30.002,'O'CONNOR'", b"S21.G00.30.002 'O'CONNOR'")
    assert "CONNOR" not in lire(octets).anomalies.write_json()


def test_service_rubrics_are_accepted(message: Any, lire: Any) -> None:
    """Rubrics added by the platform are read without any control of the declarant's rules."""
    servi = message.apres(
        "S21.G00.30.015", "S21.G00.30.300,'1850669123101'", "S21.G00.30.302,'#'"
    ).apres("S10.G00.02.005", "S10.G00.95.900,'FLUX-1'", "S10.G00.95.901,'x'")
    lecture = lire(servi.octets())
    assert lecture.codes == []
    assert lecture.blocs["S10.G00.95"]["S10.G00.95.900"].to_list() == ["FLUX-1"]


def test_accents_are_iso_8859_1(message: Any, lire: Any) -> None:
    """Bytes are ISO-8859-1, and an apostrophe inside a value belongs to it."""
    individus = lire(message.octets()).blocs["S21.G00.30"]
    assert individus["S21.G00.30.002"].to_list() == ["O'CONNOR"]
    assert individus["S21.G00.30.004"].to_list() == ["JÉRÔME"]


@pytest.mark.parametrize("valeur", ["'", "''", "'A'", "A'", "','", "L'ÉTÉ D'OR"])
def test_apostrophes_belong_to_the_value(valeur: str, message: Any, lire: Any) -> None:
    """The delimiters are the first and the last apostrophes of the line."""
    lecture = lire(message.avec("S21.G00.30.002", valeur).octets())
    assert lecture.blocs["S21.G00.30"]["S21.G00.30.002"].to_list() == [valeur]
