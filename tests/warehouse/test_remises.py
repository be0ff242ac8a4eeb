"""The files given to companies: owed once, told month by month, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from sqlalchemy import event

from specs.contrats import read_contrat
from warehouse.contrats import check_contrat
from warehouse.fichiers_emis import TABLE, build_dues, find_mois, read_essais, read_mois
from warehouse.maison import Maison
from warehouse.publications import publish
from warehouse.remises import (
    NOMS_PAR_LECTURE,
    Remise,
    find_nouvelles,
    owe,
    read_presentes,
    read_remises_dues,
    record_fin,
    record_posees,
    record_remises_faites,
)

MARS, AVRIL = "2026-03-31T22:00:00Z", "2026-04-30T21:00:00Z"
APPEL = Remise("A80001", "APPEL_C1.pdf", "a" * 64, 10, cdg="C1")
ACK = Remise("A80001", "ACK_D00000001.xml", "b" * 64, 20, "D00000001", mode="reel")
ESSAI = Remise("A80001", "RAPPORT_D00000002.xml", "c" * 64, 30, "D00000002", mode="essai")


@pytest.fixture
def garnie(maison: Maison) -> Maison:
    """A receipt put at once, a call of a publication and the report of a test, over two months."""
    with maison.moteur.begin() as c:
        record_posees(c, [ACK], MARS)
        owe(c, [ESSAI], AVRIL)
    announce(maison, APPEL)
    return maison


def announce(maison: Maison, *remises: Remise) -> None:
    """A publication that owes these files."""
    dite = {"date_arrete": date(2026, 4, 30), "versions": {}, "empreinte": "", "publie_le": AVRIL}
    with maison.moteur.begin() as c:
        publish(c, **dite, remises=remises)


def months(maison: Maison) -> list[str]:
    """Months to write again."""
    with maison.moteur.connect() as c:
        return find_mois(c, maison.lac.read(TABLE))


def write(maison: Maison) -> None:
    """Write the months that changed."""
    with maison.moteur.connect() as c:
        for mois in find_mois(c, maison.lac.read(TABLE)):
            maison.lac.write(TABLE, read_mois(c, mois), {"mois": mois})


def test_each_file_says_what_it_is_and_where_it_stands(garnie: Maison) -> None:
    """Kind, deposit answered, publication, instants; the answers of tests apart."""
    with garnie.moteur.connect() as c:
        tout = pl.concat([*(read_mois(c, m) for m in ("2026-03", "2026-04")), read_essais(c)])
    check_contrat(read_contrat(TABLE), tout)
    dits = ["mois", "nature", "cdg", "octets", "depot", "mode", "publication", "etat", "remis_le"]
    assert tout.select(dits).rows() == [
        ("2026-03", "ACK", None, 20, "D00000001", "reel", None, "REMIS", MARS),
        ("2026-04", "APPEL", "C1", 10, None, None, 1, "A_REMETTRE", None),
        ("2026-04", "RAPPORT", None, 30, "D00000002", "essai", None, "A_REMETTRE", None),
    ]


def test_only_the_months_that_changed_are_written_again(garnie: Maison) -> None:
    """A hand-over, a withdrawal or a file more; nothing of a test, nothing twice."""
    assert months(garnie) == ["2026-03", "2026-04"]
    write(garnie)
    assert months(garnie) == []
    with garnie.moteur.begin() as c:
        record_remises_faites(c, [ESSAI], AVRIL)
    assert months(garnie) == []
    with garnie.moteur.begin() as c:
        record_remises_faites(c, [APPEL], AVRIL)
    assert months(garnie) == ["2026-04"]
    write(garnie)
    with garnie.moteur.begin() as c:
        record_fin(c, [ACK.cle], AVRIL, expire=False)
        record_fin(c, [ACK.cle, APPEL.cle], AVRIL, expire=True)
    assert months(garnie) == ["2026-03", "2026-04"]
    write(garnie)
    etats = garnie.lac.read(TABLE).collect().sort("mois")
    assert etats.select("nature", "etat").rows() == [("ACK", "RETIRE"), ("APPEL", "EXPIRE")]


def test_what_is_about_to_be_owed_is_told_as_it_will_be(garnie: Maison) -> None:
    """The rows of a publication, written before its transaction, are those that follow it."""
    nouvel = replace(APPEL, sha256="d" * 64)
    with garnie.moteur.connect() as c:
        dues = build_dues(c, find_nouvelles(c, [nouvel, APPEL, ESSAI]), AVRIL, 2)
    announce(garnie, nouvel, APPEL, ESSAI)
    with garnie.moteur.connect() as c:
        lues = read_mois(c, "2026-04")
    assert dues.height == 1
    assert lues.join(dues, on=dues.columns, how="semi", nulls_equal=True).equals(dues)


def test_the_same_answer_to_another_deposit_is_owed_again(garnie: Maison) -> None:
    """Same name, same content: once for each deposit that it answers."""
    with garnie.moteur.begin() as c:
        owe(c, [ACK, replace(ACK, depot="D00000009")], AVRIL)
        owe(c, [replace(ACK, depot="D00000009")], AVRIL)
        assert [due.depot for due in read_remises_dues(c) if due.nom == ACK.nom] == ["D00000009"]


def test_files_that_left_are_no_longer_looked_for(garnie: Maison) -> None:
    """Those handed over since a day, that nobody is known to have taken."""
    with garnie.moteur.begin() as c:
        assert list(read_presentes(c, MARS)) == [(*ACK.cle, MARS)]
        assert list(read_presentes(c, AVRIL)) == []
        record_fin(c, [ACK.cle], AVRIL, expire=False)
        assert list(read_presentes(c, MARS)) == []


def test_the_history_is_not_read_to_owe_something_new(garnie: Maison) -> None:
    """The journal is asked about the names concerned, so many at a time."""
    nouvelles = [replace(APPEL, nom=f"APPEL_{n}.pdf") for n in range(2 * NOMS_PAR_LECTURE)]
    lues: list[int] = []

    def note(_c: object, _cursor: object, _requete: str, parametres: object, *_: object) -> None:
        if isinstance(parametres, tuple | dict) and parametres:
            lues.append(len(parametres))

    event.listen(garnie.moteur, "before_cursor_execute", note)
    with garnie.moteur.connect() as c:
        assert len(find_nouvelles(c, nouvelles)) == len(nouvelles)
    event.remove(garnie.moteur, "before_cursor_execute", note)
    assert lues == [NOMS_PAR_LECTURE] * 2
