"""Cases drawn from public reports of files that were refused, as far as a file alone decides."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from parsers.echanges.ecriture import write_fixe
from parsers.echanges.lecteur import CONFORME, ILLISIBLE, NON_CONFORME
from tests.parsers.echanges.fabrique import (
    BASE,
    COMPTE,
    LIGNES,
    RELEVE,
    compose,
    read,
    sample,
    spoil,
    told,
    write,
)

DMC = "DMC"


def sealed(octets: bytes) -> bytes:
    """The file with the hash of what it now is."""
    avant, controle = octets[:-321], octets[-321:]
    return avant + controle[:71] + hashlib.sha256(avant).hexdigest().encode() + controle[135:]


def test_un_octet_de_fin_de_fichier() -> None:
    """RE-01: a byte out of the charset stops everything, and names its record."""
    lecture = read(DMC, sample(DMC) + b"\x1a")
    assert (lecture.verdict, told(lecture)) == (ILLISIBLE, [("F004", 4, None)])
    assert (lecture.genre, lecture.entete["file_id"]) == (DMC, "DMC-2026-0001")


def test_les_blancs_finaux_otes() -> None:
    """RE-02: a record cut short is told alone, neither its fields nor the totals."""
    octets = sample(DMC)
    lecture = read(DMC, octets[:502] + octets[641:])
    assert (lecture.verdict, told(lecture)) == (ILLISIBLE, [("F003", 2, None)])
    assert lecture.anomalies["valeur"].to_list() == ["181"]


def test_la_derniere_fin_de_ligne_manque() -> None:
    """RE-03: the last record ends with a line end too."""
    lecture = read(DMC, sample(DMC)[:-1])
    assert told(lecture) == [("F003", 3, None)]
    assert lecture.anomalies["variante"].to_list() == ["derniere"]


def test_fins_de_ligne_cr_lf() -> None:
    """RE-04: the hash is that of the bytes as they are sent."""
    octets = write_fixe(compose(DMC, LIGNES[DMC]), b"\r\n")
    assert len(octets) == 966
    assert octets[-251:-187] == b"2ffc9b5ed5acbf66ca842b0c90046e0dfce1c74a3a2195aaab087da96b41d93c"
    attendue = "4fa305ca023816a469bfa1b31cf2ac94875b75c5080fa433b74ad08110285c60"
    assert hashlib.sha256(octets).hexdigest() == attendue
    assert read(DMC, octets).verdict == CONFORME


@pytest.mark.parametrize(("prenom", "code"), [("HÉLÈNE", "F004"), ("Hélène", "F003")])
def test_un_prenom_en_utf8(prenom: str, code: str) -> None:
    """RE-05: bytes that are not of the charset, or a record that is too long for being padded."""
    octets = sample(DMC)
    utf8 = prenom.ljust(20).encode()
    lecture = read(DMC, octets[:383] + utf8 + octets[403:])
    assert told(lecture) == [(code, 2, None)]


def test_une_marque_d_ordre_des_octets() -> None:
    """RE-06: a byte-order mark is refused, though its bytes are of the charset."""
    assert told(read(DMC, b"\xef\xbb\xbf" + sample(DMC))) == [("F004", 1, None)]


@pytest.mark.parametrize(
    ("zone", "juste"),
    [
        (b"000000012000-", True),
        (b"000000000000-", False),
        (b"00000001200}+", False),
        (b"000000012000}", False),
        (b"0000000012000", False),
        (b"     -120.00 ", False),
    ],
)
def test_l_ecriture_des_montants(zone: bytes, *, juste: bool) -> None:
    """RE-07: a zone of another form counts 0 and refuses its line, not the file."""
    octets = sample("TDP")
    if not juste:
        sans = [("45", RELEVE), *(("46", BASE | b) for b in ({"base": 480_000},))]
        autres = [("46", BASE | {"att_month": "2026-02"}), LIGNES["TDP"][3]]
        octets = write("TDP", sans + autres)
    lecture = read("TDP", sealed(spoil(octets, "TDP", 4, "BASE", zone)))
    if juste:
        assert lecture.valeurs["46"]["base"].to_list() == [480_000, -12_000, 480_000]
        assert lecture.verdict == CONFORME
        return
    assert (lecture.verdict, lecture.refuse) == (NON_CONFORME, False)
    assert told(lecture) == [("F013", 4, "BASE")]
    assert lecture.lignes["refusee"].to_list() == [True]


def test_les_iban() -> None:
    """RE-08: key, length of the country, country of SEPA, the first of them that is wrong."""
    ibans = {
        "FR76": "RB-001",
        "SANTANDER": "RB-001",
        "FR7630006000011234567890198": "RB-001",
        "FR763000600001123456789018": "RB-001",
        "HR1210010051863000160": None,
        "TR330006100519786457841326": "RB-002",
    }
    lignes = [
        ("40", COMPTE | {"matricule": f"M{rang}", "iban": iban}) for rang, iban in enumerate(ibans)
    ]
    lecture = read("RIB", write("RIB", lignes))
    codes = {ligne: code for code, ligne, _ in told(lecture)}
    assert [codes.get(rang) for rang in range(2, 8)] == list(ibans.values())
    assert set(lecture.anomalies["valeur"].to_list()) <= {"*" * n for n in range(4, 35)}


def test_les_cles_des_nir_de_corse() -> None:
    """RE-09: 2A counts 19, 2B counts 18."""
    nirs = [("185052A004012", "70"), ("292022B033045", "14")]
    faux = [("185052A004012", "43"), ("292022B033045", "57")]
    lignes = [("40", COMPTE | {"nir": n, "nir_key": c, "matricule": ""}) for n, c in nirs]
    assert read("RIB", write("RIB", lignes)).verdict == CONFORME
    lignes = [("40", COMPTE | {"nir": n, "nir_key": c, "matricule": ""}) for n, c in faux]
    lecture = read("RIB", write("RIB", lignes))
    assert told(lecture) == [("F016", 2, "NIR_KEY"), ("F016", 3, "NIR_KEY")]


@pytest.mark.parametrize(
    ("cree_le", "codes"), [("20261026013000", []), ("20261026013001", ["F008"])]
)
def test_vingt_quatre_heures_d_avance(cree_le: str, codes: list[str]) -> None:
    """RE-15: 24 h of elapsed time, over the night that has 25 of them."""
    recu_le = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    lecture = read("RIB", write("RIB", LIGNES["RIB"], created=cree_le), recu_le=recu_le)
    assert [code for code, *_ in told(lecture)] == codes
