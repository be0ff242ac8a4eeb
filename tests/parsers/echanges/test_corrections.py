"""What a machine may put right: once it is put, the file is told nothing of the kind any more."""

from __future__ import annotations

import hashlib
import re

import pytest

from parsers.echanges.corrections import Correction, find_corrections, find_place
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.lecteur import CONFORME, LectureEchange
from tests.parsers.echanges.fabrique import LIGNES, compose, read, sample, spoil, told, write


def corrected(octets: bytes, lecture: LectureEchange) -> bytes:
    """The file with every correction put, the last ones first."""
    debuts = [0, *(trouve.end() for trouve in re.finditer(b"\n", octets))]
    trouvees = filter(None, find_corrections(octets, lecture.genre, lecture.anomalies))
    for c in sorted(trouvees, key=lambda c: (-c.enregistrement, -c.debut)):
        place = debuts[c.enregistrement - 1] + c.debut - 1
        octets = octets[:place] + c.texte.encode("latin-1") + octets[place + c.longueur :]
    return octets


CRLF = write_fixe(compose("DMC", LIGNES["DMC"]), b"\r\n")
BLANCS = b" " * 30


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(sample("DMC")[:-1], id="dernière fin de ligne"),
        pytest.param(CRLF[:-1], id="dernière fin de ligne, à moitié"),
        pytest.param(CRLF[:-2], id="dernière fin de ligne, CR-LF"),
        pytest.param(sample("DMC")[:502] + sample("DMC")[641:], id="blancs finaux ôtés"),
        pytest.param(sample("DMC")[:641] + BLANCS + sample("DMC")[641:], id="blancs de trop"),
        pytest.param(sample("DMC") + b"\x1a", id="fin de fichier"),
        pytest.param(b"\xef\xbb\xbf" + sample("DMC"), id="marque"),
        pytest.param(CRLF[:642] + CRLF[642:].replace(b"\r\n", b"\n"), id="fins mêlées, LF"),
        pytest.param(sample("DMC")[:641] + b"\r" + sample("DMC")[641:], id="fins mêlées, CR-LF"),
    ],
)
def test_ce_qui_ne_laisse_pas_de_choix_est_corrige(octets: bytes) -> None:
    """Line ends, padding and stray bytes are put right: the file conforms."""
    lecture = read("DMC", octets)
    assert lecture.refuse
    assert read("DMC", corrected(octets, lecture)).verdict == CONFORME


@pytest.mark.parametrize(
    ("rang", "champ", "fausse", "juste"),
    [
        (2, "SURNAME", "Durand", "DURAND"),
        (2, "SURNAME", " DURAND", "DURAND"),
        (2, "FIRST_NAME", "RenÃ©", "René"),
        (2, "DAYS", "1100", None),
        (2, "DAYS", "  11", "0011"),
        (2, "SEN_FIRM", "11", "00011"),
        (2, "SEN_FIRM", "1 1", None),
        (2, "AVG_WAGE", "    245000+", "0000245000+"),
        (2, "AVG_WAGE", "-0000245000", "0000245000-"),
        (2, "AVG_WAGE", "0000000000-", "0000000000+"),
        (2, "AVG_WAGE", "00000245000", None),
        (2, "AVG_WAGE", "   2450.00+", None),
        (2, "BIRTH", "19850101", None),
        (2, "BIRTH", "01011985", None),
        (2, "FILLER", "X", ""),
        (3, "N_RECORDS", "000000004", "000000003"),
        (3, "SUM_1", "00000000245001+", "00000000245000+"),
    ],
)
def test_une_zone_est_corrigee_quand_elle_ne_peut_etre_qu_une(
    rang: int, champ: str, fausse: str, juste: str | None
) -> None:
    """Zeros, blanks, case, totals; never an amount, a date or a sign that has to be guessed."""
    place = find_place("DMC", "20" if rang == 2 else "99", champ)
    assert place is not None
    octets = sample("DMC")
    zone = fausse.ljust(place.longueur).encode("latin-1")
    octets = spoil(octets, "DMC", rang, champ, zone)
    if rang == 2:
        empreinte = hashlib.sha256(octets[:-321]).hexdigest().encode()
        octets = spoil(octets, "DMC", 3, "HASH", empreinte)
        if champ == "AVG_WAGE":
            octets = spoil(octets, "DMC", 3, "SUM_1", b"0" * 14 + b"+")
        elif champ == "DAYS":
            octets = spoil(octets, "DMC", 3, "SUM_HOURS", f"{fausse:>012}".encode())
            octets = octets if fausse.isdigit() else spoil(octets, "DMC", 3, "SUM_HOURS", b"0" * 12)
    lecture = read("DMC", octets)
    trouvees = [c for c in find_corrections(octets, "DMC", lecture.anomalies) if c]
    attendues = []
    if juste is not None:
        attendues = [Correction(rang, place.debut, place.longueur, juste.ljust(place.longueur))]
    assert trouvees == attendues, told(lecture)


def test_l_empreinte_et_les_comptes() -> None:
    """The hash of the bytes as they are; the number of employees of a stop."""
    octets = sample("DMC").replace(b"PAUL", b"JEAN")
    lecture = read("DMC", octets)
    assert told(lecture) == [("F005", 3, "HASH")]
    assert read("DMC", corrected(octets, lecture)).verdict == CONFORME
    lignes = [("30", LIGNES["ARI"][0][1] | {"n_workers": 4}), *LIGNES["ARI"][1:]]
    octets = write("ARI", lignes)
    lecture = read("ARI", octets)
    (correction,) = find_corrections(octets, "ARI", lecture.anomalies)
    assert correction == Correction(2, 135, 5, "00001")


def test_rien_n_est_propose_pour_le_xml() -> None:
    """Positions are those of the fixed form."""
    lecture = read("DMC", sample("DMC")[:-1])
    assert find_corrections(b"<depot/>", "DMC", lecture.anomalies) == [None]


def test_la_place_d_un_champ() -> None:
    """Position and length of what an anomaly names; None for the whole file, or an unknown kind."""
    place = find_place("TDP", "46", "BASE")
    assert place is not None
    assert (place.debut, place.longueur) == (32, 13)
    assert find_place(None, "00", "SIREN") is not None
    assert find_place(None, "46", "BASE") is None
    assert find_place("TDP", None, None) is None
