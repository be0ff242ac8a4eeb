from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.reception.candidats import Candidat, Contenu
from pipelines.reception.observations import compute_observations
from pipelines.reception.regles import (
    Delais,
    compute_nom_lisible,
    find_incomplet,
    find_refus,
    is_en_cours,
    is_message_ferme,
    is_nom_sur,
    is_total_juste,
    parse_empreinte,
    parse_mode,
)

DELAIS = Delais(timedelta(seconds=60), timedelta(seconds=900))
COMPTE = b"S10.G00.00.001,'X'\r\nS90.G00.90.001,'3'\r\nS90.G00.90.002,'1'\r\n"
MESSAGE = COMPTE.replace(b"'3'", b"'9'")  # its footer does not count its lines
MIDI = datetime(2026, 3, 2, 12, tzinfo=UTC)


def contenu(octets: bytes) -> Contenu:
    """The content as a source reads it."""
    return Contenu(hashlib.sha256(octets).hexdigest(), len(octets), octets)


@pytest.mark.parametrize("secondes", [0, 59, 60, 899])
def test_a_truncated_message_waits_until_it_is_abandoned(secondes: int) -> None:
    """However still, a file that does not end waits for the abandon delay."""
    immobile = timedelta(seconds=secondes)
    assert find_incomplet(contenu(MESSAGE[:-8]), immobile, DELAIS, None) is not None


@pytest.mark.parametrize(
    ("octets", "secondes", "attendu"),
    [
        (MESSAGE, 59, False),
        (MESSAGE, 60, True),
        (MESSAGE.rstrip(), 60, True),
        (MESSAGE.replace(b"\r", b""), 60, True),
        (MESSAGE + b"S10.G00.00.001,'X'\r\n", 60, False),
        (b"", 899, False),
        (b"", 900, True),
        (b"\x89PNG", 900, True),
    ],
)
def test_a_file_is_complete_at_the_exact_second(
    octets: bytes, secondes: int, attendu: bool
) -> None:
    """A closed message is complete at the stability delay, anything else at the abandon delay."""
    immobile = timedelta(seconds=secondes)
    assert (find_incomplet(contenu(octets), immobile, DELAIS, None) is None) == attendu


def test_the_announced_digest_makes_a_file_complete_at_once() -> None:
    """A digest that matches spares any wait; one that does not match spares none."""
    juste = contenu(b"n'importe quoi")
    assert find_incomplet(juste, timedelta(0), DELAIS, juste.sha256) is None
    assert find_incomplet(juste, timedelta(0), DELAIS, "0" * 64) is not None


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (COMPTE, True),
        (COMPTE.replace(b"\r", b""), True),
        (COMPTE[:-1], False),
        (COMPTE[:-2], False),
        (MESSAGE, False),
        (COMPTE + b"S10.G00.00.001,'X'\r\n", False),
        (COMPTE.replace(b"\n", b"", 1), False),
    ],
)
def test_a_footer_that_counts_its_lines_makes_a_file_complete_at_once(
    octets: bytes, attendu: bool
) -> None:
    """Nothing can follow a whole footer whose total is right; a byte less, and the file waits."""
    assert is_total_juste(octets) == attendu
    assert (find_incomplet(contenu(octets), timedelta(0), DELAIS, None) is None) == attendu


@pytest.mark.parametrize("nom", ["a.dsn.part", "a.PART", "a.tmp", "a.filepart", ".a.dsn", "."])
def test_names_of_uploads_in_progress_are_known(nom: str) -> None:
    """Suffixes that clients give while they write, whatever their case, and hidden names."""
    assert is_en_cours(nom)
    assert not is_en_cours("a.part.dsn")


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (b"A" * 64 + b"  a.dsn\n", "a" * 64),
        (b"\\" + b"1" * 64 + b" *a\\nb", "1" * 64),
        (b"2" * 64, "2" * 64),
        (b"2" * 65, None),
        (b"2" * 40 + b"  a.dsn", None),
        (b"", None),
    ],
)
def test_the_digest_file_is_read_as_sha256sum_writes_it(octets: bytes, attendu: str | None) -> None:
    """Upper case, escaped names and bare digests are read; half a digest is none."""
    assert parse_empreinte(octets) == attendu


@pytest.mark.parametrize(
    ("octets", "mode"),
    [
        (b"S10.G00.00.001,'X'\r\nS10.G00.00.005,'01'\r\n", "essai"),
        (b"S10.G00.00.005,'02'\n", "reel"),
        (b"S10.G00.00.005,'03'\n", "inconnu"),
        (b"\xff\xfeS\x001\x00", "inconnu"),
        (b" " * 4096 + b"\nS10.G00.00.005,'02'\n", "inconnu"),
    ],
)
def test_the_mode_is_what_the_first_bytes_say(octets: bytes, mode: str) -> None:
    """Test or real is read in the first 4 KiB, and unknown otherwise."""
    assert parse_mode(octets) == mode


@pytest.mark.parametrize("nom", ["", ".", "..", "../a", "/etc/passwd", "a/b", "a\0b"])
def test_names_that_are_paths_are_refused(nom: str) -> None:
    """A name that designates anything but a file of its folder is never used."""
    assert not is_nom_sur(nom)


@pytest.mark.parametrize("nom", ["-rf", "a\nb", "é.dsn", "CON", "..a", "a" * 300, "\u202efdp"])
def test_strange_names_are_data(nom: str) -> None:
    """A strange name that is not a path is accepted, and shown without what does not print."""
    assert is_nom_sur(nom)
    assert compute_nom_lisible(nom).isprintable()


def test_a_name_stays_readable_and_shows_what_is_hidden() -> None:
    """Letters and accents stay; direction marks, new lines and broken bytes are spelled out."""
    assert compute_nom_lisible("paie été 03.dsn") == "paie été 03.dsn"
    assert compute_nom_lisible("a\u202enb\n\udce9") == r"a\u202enb\u000a\udce9"


def test_only_the_last_message_counts_as_the_end() -> None:
    """A footer in the middle of a file, or in a value, does not close it."""
    assert is_message_ferme(MESSAGE)
    assert not is_message_ferme(b"x S90.G00.90.002,'1'\r\n")
    assert not is_message_ferme(MESSAGE + b"S21")


@pytest.mark.parametrize(("octets", "refuse"), [(0, True), (1, False), (10, False), (11, True)])
def test_size_is_refused_beyond_the_limit_only(octets: int, refuse: bool) -> None:
    """Empty is refused; the limit itself is accepted; one byte more is refused."""
    assert (find_refus(octets, 10) is not None) == refuse


def test_an_observation_lasts_as_long_as_its_file_does_not_change() -> None:
    """The first instant is kept while the mark is the same, and never lies in the future."""
    fichier = Candidat("A", "x", 1, "m1")
    tard = MIDI + timedelta(minutes=5)
    premiere = compute_observations({}, [fichier], MIDI)
    assert compute_observations(premiere, [fichier], tard) == premiere
    change = Candidat("A", "x", 2, "m2")
    assert compute_observations(premiere, [change], tard) == {("A", "x"): ("m2", tard)}
    assert compute_observations(premiere, [], tard) == {}
    recule = MIDI - timedelta(hours=1)
    assert compute_observations(premiere, [fichier], recule) == {("A", "x"): ("m1", recule)}
