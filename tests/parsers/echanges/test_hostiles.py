"""Whatever a file holds, it is answered: no exception, a bounded report, no value in clear."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from random import Random

import pytest

from parsers.anomalies import MAXIMUM_CONSERVE
from parsers.echanges.corrections import find_corrections
from parsers.echanges.lecteur import ILLISIBLE, LectureEchange
from parsers.messages import described
from tests.efforts import GRAINES
from tests.parsers.echanges.fabrique import (
    CERTIFICAT,
    COMPTE,
    LIGNES,
    Lignes,
    read,
    sample,
    told,
    write,
)

DEFORMATIONS = 20 * GRAINES


def deform(octets: bytes, hasard: Random) -> bytes:
    """Bytes changed, added, removed, records moved, repeated or cut; the hash follows, or not."""
    lignes = octets.splitlines(keepends=True)
    for _ in range(hasard.choice((1, 1, 3, 20))):
        rang = hasard.randrange(len(lignes))
        ligne, place = lignes[rang], hasard.randrange(max(len(lignes[rang]), 1))
        change = bytes([hasard.choice((*b" 0+-9AZaz\r\n\t\x00\x1a", 0xC3, 0xA9, 0xFF, 0x80))])
        lignes[rang] = hasard.choice(
            (
                ligne[:place] + change + ligne[place + 1 :],
                ligne[:place] + change + ligne[place + 1 :],
                ligne[:place] + change * 7 + ligne[place + 7 :],
                ligne[:place] + ligne[place + 1 :],
                ligne * 2,
                b"",
                hasard.choice(lignes),
            )
        )
    corps = b"".join(lignes)
    if hasard.random() < 0.7 and len(lignes[-1]) == 321:
        avant = corps[:-321]
        corps = avant + lignes[-1][:71] + hashlib.sha256(avant).hexdigest().encode()
        corps += lignes[-1][135:]
    return corps


@pytest.mark.parametrize("genre", LIGNES)
def test_un_fichier_deforme_est_toujours_lu(genre: str) -> None:
    """Deformed at random: a verdict, anomalies that can be told, every line accounted for."""
    hasard = Random(genre)  # noqa: S311 - the same deformations at each run
    for _ in range(DEFORMATIONS):
        octets = deform(sample(genre), hasard)
        lecture = read(genre, octets)
        assert described(lecture.anomalies, None)["message"].str.len_chars().max() or 1
        assert len(find_corrections(octets, lecture.genre, lecture.anomalies)) == len(
            lecture.anomalies
        )
        check_whole(lecture)


def check_whole(lecture: LectureEchange) -> None:
    """What a reading promises, whatever the file."""
    assert (lecture.verdict == ILLISIBLE) <= lecture.refuse
    assert lecture.refuse == lecture.lignes.is_empty() or lecture.entete["operation"] == "A"
    assert bool(lecture.valeurs) == (not lecture.refuse)
    lignes = set(lecture.lignes["rang"])
    for frame in lecture.valeurs.values():
        assert set(frame["ligne"].drop_nulls()) <= lignes


@pytest.mark.parametrize(
    ("octets", "code", "nombre"),
    [
        (b"\n" * 200_000, "F003", 200_000),
        (b"\x01\n" * 30_000, "F004", 30_000),
        (b"\r" * 100_000, "F003", 1),
        (bytes(100_000), "F004", 1),
        (b"00" + b" " * 100_000, "F003", 1),
    ],
)
def test_un_rapport_est_borne_et_son_compte_exact(octets: bytes, code: str, nombre: int) -> None:
    """Beyond its bound, a report counts what it does not detail."""
    anomalies = read("DMC", octets).anomalies
    assert set(anomalies["code"]) == {code}
    assert len(anomalies) <= MAXIMUM_CONSERVE + 1
    assert anomalies["nombre"].sum() == nombre


def test_beaucoup_de_certificats_d_un_salarie() -> None:
    """Thousands of periods of one employee, each replacing another: no pair is compared twice."""
    premier = date(2020, 1, 1)
    lignes: Lignes = []
    for rang in range(3_000):
        jour = premier + timedelta(days=rang)
        dates = {"from": jour, "to": jour, "hours": 0, "months": 4, "gross": 8_000}
        remplace = {"cert_ref": f"C{rang}", "replaces_cert": f"C{rang - 1_500}"}
        lignes.append(("10", CERTIFICAT | dates | remplace))
    encore = CERTIFICAT | {"cert_ref": "DOUBLE", "from": jour, "to": jour, "hours": 0}
    lignes.append(("10", encore | {"months": 4, "gross": 8_000}))
    lecture = read("CERT", write("CERT", lignes))
    assert told(lecture) == [("CG-002", 3_002, "FROM")]


def test_des_dates_aux_bords_du_calendrier() -> None:
    """The first and last years of the calendar are days like others."""
    bords = {"from": date(1, 1, 2), "to": date(9999, 12, 30), "resume": date(9999, 12, 31)}
    lignes: Lignes = [("20", LIGNES["DMC"][0][1] | bords | {"birth": date(1, 1, 1)})]
    assert [c for c, *_ in told(read("DMC", write("DMC", lignes)))] == ["D109"]
    for cree_le in ("00010101000000", "99991231235959"):
        lecture = read("RIB", write("RIB", LIGNES["RIB"], created=cree_le))
        assert {c for c, *_ in told(lecture)} <= {"F008", "F013"}


def test_rien_de_personnel_ne_sort() -> None:
    """Wherever they are wrong, names, births, keys and accounts are in no anomaly."""
    ligne = COMPTE | {"surname": "canari", "iban": "FR7612345CANARI", "holder": " CANARI"}
    lecture = read("RIB", write("RIB", [("40", ligne | {"nir": "CANARI", "nir_key": "07"})]))
    messages = described(lecture.anomalies, None)
    assert len(messages) >= 3
    assert "CANARI" not in messages.write_csv().upper()
