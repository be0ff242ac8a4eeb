"""Right files of each kind, to be read as they are or spoiled. Everyone in them is invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from parsers.echanges.composition import compose_rows
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.lecteur import LectureEchange, read_echange
from parsers.echanges.zones import Fichier
from specs.echanges import LONGUEUR, read_genres

SIREN, SIRET = "999090012", "99909001200017"
RECU_LE = datetime(2026, 9, 1, 8, tzinfo=UTC)
CREE_LE = {"ARI": "20260116100000", "DMC": "20260701090000", "TDP": "20260420090000"}
TETE = {
    "mode": "T",
    "convention": "0001234",
    "siren": SIREN,
    "operation": "N",
    "software": "demo 1.0",
}
QUI = {
    "matricule": "M001",
    "surname": "DURAND",
    "first_name": "PAUL",
    "birth": date(1985, 1, 1),
}
NIR = {"nir": "1850599999999", "nir_key": "53"}
ARRET = {
    "decl_id": "D1",
    "stop_no": "01",
    "siret": SIRET,
    "site_id": "CH-77-014",
    "site_name": "RD 604",
    "site_insee": "77288",
    "site_dept": "77",
    "work_cat": "G",
    "cause": "GE",
    "work_nature": "VOIR",
    "stop_date": date(2026, 1, 13),
    "stop_time": "0730",
    "resume_date": date(2026, 1, 13),
    "resume_time": "1030",
    "public_contract": "O",
    "cse_consulted": "X",
    "n_workers": 1,
}
SUITE = ARRET | {
    "stop_no": "02",
    "stop_date": date(2026, 1, 15),
    "stop_time": "1230",
    "resume_date": date(2026, 1, 16),
    "resume_time": "0730",
}
SALARIE = QUI | {
    "decl_id": "D1",
    "category": "O",
    "hire_date": date(2015, 3, 2),
    "rate": 145_000,
    "ij_before": 0,
    "hours_2m": 29_600,
    "indemnity": 6_525,
    "csg_crds": 429,
    "certified": "O",
}
JOUR = {
    "decl_id": "D1",
    "stop_no": "01",
    "matricule": "M001",
    "date": date(2026, 1, 13),
    "schedule": 700,
    "lost": 300,
    "waiting": 100,
    "indemnified": 200,
}
JOUR_2 = JOUR | {
    "stop_no": "02",
    "date": date(2026, 1, 15),
    "lost": 400,
    "waiting": 0,
    "indemnified": 400,
}
DEMANDE = QUI | {
    "req_id": "R1",
    "action": "N",
    "exercice": 2026,
    "from": date(2026, 8, 3),
    "to": date(2026, 8, 14),
    "resume": date(2026, 8, 17),
    "days": 1_100,
    "nature": "CP",
    "avg_wage": 245_000,
    "sen_unit": "A",
    "sen_firm": 11,
    "dept": "77",
    "pay_to": "S",
}
RELEVE = {
    "siret": SIRET,
    "month": "2026-03",
    "reason": "NE",
    "n_employees": 2,
    "hours_temp": 0,
    "pay": "O",
    "deposit_ref": "D00000042",
}
BASE = {"siret": SIRET, "month": "2026-03", "att_month": "2026-03", "base_code": "20"}
CERTIFICAT = QUI | {
    "siret": SIRET,
    "category": "O",
    "cert_ref": "C1",
    "from": date(2025, 4, 1),
    "to": date(2026, 3, 31),
    "unit": "M",
    "months": 1_200,
    "hours": 182_004,
    "gross": 2_640_000,
    "avg_wage": 220_000,
    "rate": 145_000,
    "schedule": 15_167,
    "entry_firm": date(2015, 3, 2),
    "n1_paid": "O",
    "n1_days": 3_000,
    "n1_amount": 250_000,
}
ABSENCE = {
    "cert_ref": "C1",
    "matricule": "M001",
    "abs_kind": "A",
    "abs_code": "01",
    "from": date(2025, 6, 2),
    "to": date(2025, 6, 6),
}
REPORT = {
    "cert_ref": "C1",
    "matricule": "M001",
    "exercice": 2025,
    "days": 500,
    "reason": "M",
    "stop_from": date(2025, 6, 2),
}
COMPTE = QUI | {
    "action": "N",
    "iban": "FR7630006000011234567890189",
    "holder": "DURAND PAUL",
    "holder_is": "T",
    "effective": date(2026, 9, 1),
    "consent": "O",
}
Lignes = list[tuple[str, dict[str, Any]]]
LIGNES: Mapping[str, Lignes] = {
    "ARI": [("30", ARRET), ("30", SUITE), ("31", SALARIE), ("32", JOUR), ("32", JOUR_2)],
    "DMC": [("20", DEMANDE)],
    "TDP": [
        ("45", RELEVE),
        ("46", BASE | {"base": 480_000}),
        ("46", BASE | {"att_month": "2026-02", "base": -12_000}),
        ("46", BASE | {"base_code": "34", "base": 480_000}),
    ],
    "CERT": [("10", CERTIFICAT), ("11", ABSENCE), ("12", REPORT)],
    "RIB": [("40", COMPTE)],
}


def compose(genre: str, lignes: Iterable[tuple[str, Mapping[str, Any]]], **entete: Any) -> Fichier:
    """A file of those records, under a header that is right."""
    tete = TETE | {
        "file_id": f"{genre}-2026-0001",
        "created": CREE_LE.get(genre, "20260901080000"),
    }
    return compose_rows(genre, tete | entete, lignes)


def write(genre: str, lignes: Iterable[tuple[str, Mapping[str, Any]]], **entete: Any) -> bytes:
    """Its bytes in the fixed form."""
    return write_fixe(compose(genre, lignes, **entete))


def sample(genre: str) -> bytes:
    """A right file; those of ARI, DMC and TDP are the samples of the specification (6.7)."""
    return write(genre, LIGNES[genre])


def read(
    genre: str, octets: bytes, nom: str | None = None, recu_le: datetime = RECU_LE
) -> LectureEchange:
    """What the reader says of a file of test mode."""
    return read_echange(0, nom or f"{genre}_T_0001234_20260101000000_0001.txt", octets, recu_le)


def told(lecture: LectureEchange) -> list[tuple[str, int | None, str | None]]:
    """code, record, field of each anomaly, in their order."""
    return list(lecture.anomalies.select("code", "ligne", "rubrique").iter_rows())


def spoil(octets: bytes, genre: str, rang: int, champ: str, zone: bytes) -> bytes:
    """The file with other bytes in a zone of a record (LF), totals and hash unchanged."""
    debut = (rang - 1) * (LONGUEUR + 1)
    code = octets[debut : debut + 2].decode()
    place = read_genres()[genre].enregistrements[code].champ(champ)
    assert len(zone) == place.longueur
    debut += place.debut - 1
    return octets[:debut] + zone + octets[debut + place.longueur :]
