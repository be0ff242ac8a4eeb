"""One reader for every version: the same statement says the same, and no path leads nowhere."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from lxml import etree

from parsers.banque.lecteur import read_banque
from sample_files.generateur.banque import Ligne, write_releve, write_statut
from specs.banque import RELEVE, STATUT, Message, read_messages
from specs.fichiers import read_yaml

XS = "{http://www.w3.org/2001/XMLSchema}"
TOUT = (
    Ligne(
        123_456,
        reference="appel C900101-202603-01",
        reference_banque="BQ-1",
        iban="FR1420041010050500013M02606",
        nom="TRAVAUX DU VAL",
    ),
    (
        Ligne(20_000, "PRELEVEMENT", bout_en_bout="P1", rum="RUM-1", remise="PRLV-1-B"),
        Ligne(30_050, "PRELEVEMENT", bout_en_bout="P2", rum="RUM-2", remise="PRLV-1-B"),
    ),
    Ligne(-20_000, "RETOUR", bout_en_bout="P1", code="AM04", jour=date(2026, 4, 30)),
    Ligne(700, nature=None, statut="PDNG"),
)
DEPARTS = {
    RELEVE: {
        "tete": ["GrpHdr"],
        "releve": ["{releve}"],
        "ecriture": ["{releve}/Ntry"],
        "commun": ["{releve}/Ntry", "{releve}/Ntry/NtryDtls/TxDtls"],
        "lot": ["{releve}/Ntry/NtryDtls/Btch"],
        "detail": ["{releve}/Ntry/NtryDtls/TxDtls"],
        "solde": ["Stmt/Bal"],
    },
    STATUT: {
        "tete": ["GrpHdr"],
        "origine": ["OrgnlGrpInfAndSts"],
        "lot": ["{releve}"],
        "operation": ["{releve}/TxInfAndSts"],
        "raison": ["OrgnlGrpInfAndSts", "{releve}", "{releve}/TxInfAndSts"],
    },
}
SCHEMAS = [(m, v) for m in read_messages().values() for v in m.schemas]


@pytest.mark.parametrize("version", range(1, 15))
@pytest.mark.parametrize("message", ["camt.053", "camt.054"])
def test_a_statement_says_the_same_in_every_version(message: str, version: int) -> None:
    """Movements are those of .08, cell by cell; a version without a schema is told."""
    lecture = read_banque(0, write_releve(TOUT, message, version=version))
    attendus = read_banque(0, write_releve(TOUT, message)).mouvements
    assert lecture.version == f"{message}.001.{version:02}"
    assert lecture.mouvements.drop("version").equals(attendus.drop("version"))
    connue = version in read_messages()[message].schemas
    codes = lecture.anomalies.filter(severite="signal")["code"].to_list()
    assert codes == (["B012"] if connue else ["B016", "B012"])
    assert len(codes) == len(lecture.anomalies)


@pytest.mark.parametrize("version", [3, 9, 10, 11, 14])
def test_a_report_says_the_same_in_every_version(version: int) -> None:
    """Refusals are those of .10, the mandate where the version writes it."""
    octets = write_statut("PRLV-1", [("PRLV-1-B", None, [("P1", "AC04")])], version=version)
    chemin = "<MndtId>RUM-1</MndtId>"
    if version > 10:
        chemin = f"<DrctDbtMndt>{chemin}</DrctDbtMndt>"
    mandat = f"<OrgnlTxRef><MndtRltdInf>{chemin}</MndtRltdInf></OrgnlTxRef></TxInfAndSts>"
    lecture = read_banque(0, octets.replace(b"</TxInfAndSts>", mandat.encode()))
    assert lecture.mouvements.select("bout_en_bout", "rum", "code_motif").rows() == [
        ("P1", "RUM-1", "AC04")
    ]
    codes = ["B016"] if version != 10 else []
    assert lecture.anomalies["code"].to_list() == codes


def test_the_nearest_schema_is_the_later_of_two() -> None:
    """A version between two schemas is read as the nearest, the later one when they are as near."""
    message = read_messages()["camt.053"]
    assert [message.nearest(v) for v in (1, 2, 3, 5, 6, 7, 8, 13)] == [2, 2, 3, 4, 8, 8, 8, 8]


@pytest.mark.parametrize(("message", "version"), SCHEMAS, ids=lambda x: getattr(x, "nom", x))
def test_every_path_of_a_version_is_in_its_schema(message: Message, version: int) -> None:
    """The table of paths says nothing that the schema does not have, and misses no version."""
    famille = STATUT if message.detail is None else RELEVE
    perdus = [
        (section, entree["chemin"])
        for section, noms in read_yaml("specs.banque", "chemins")[famille].items()
        for entrees in noms.values()
        for entree in entrees
        if entree.get("depuis", 0) <= version <= entree.get("jusque", version)
        for depart in _starts(message, version, famille, section)
        if not _leads(message, version, f"{message.corps}/{depart}/{entree['chemin']}")
    ]
    assert perdus == []


def _starts(message: Message, version: int, famille: str, section: str) -> list[str]:
    """Where the paths of a section start from."""
    if section == "solde" and message.nom == "camt.054":
        return []  # an advice has no balance
    if section == "frais":
        suite = "Chrgs" if version == 2 else "Chrgs/Rcrd"
        return [f"{message.releve}/Ntry/{suite}", f"{message.releve}/Ntry/NtryDtls/TxDtls/{suite}"]
    return [d.format(releve=message.releve) for d in DEPARTS[famille][section]]


def _leads(message: Message, version: int, chemin: str) -> bool:
    """Whether the elements of a path follow one another in the schema."""
    racine = etree.fromstring(message.read_schema(version))
    types = {t.get("name"): t for t in racine}
    type_ = "Document"
    for nom in chemin.split("/"):
        suivants = [e for e in types[type_].iter(f"{XS}element") if e.get("name") == nom]
        if not suivants:
            return False
        type_ = suivants[0].get("type")
    return True


def test_a_statement_in_another_encoding_says_the_same() -> None:
    """Latin letters, UTF-16 with or without its mark: the same movements."""
    texte = write_releve(TOUT).decode().replace("DU VAL", "ÉLÉGANTS")
    sans = texte.split("?>", 1)[1]
    lues: list[pl.DataFrame] = [
        read_banque(0, octets).mouvements
        for octets in (
            texte.encode(),
            b"\xef\xbb\xbf" + texte.encode(),
            f"<?xml version='1.0' encoding='ISO-8859-1'?>{sans}".encode("latin-1"),
            f"<?xml version='1.0' encoding='windows-1252'?>{sans}".encode("cp1252"),
            f"<?xml version='1.0' encoding='UTF-16'?>{sans}".encode("utf-16"),
            sans.strip().encode("utf-16-le"),
        )
    ]
    assert lues[0]["nom_masque"][0] == "TRA… ÉLÉ…"
    assert all(lue.equals(lues[0]) for lue in lues)
