"""Spreadsheets that are not what a conversion expects: each is told, none makes it fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from parsers.echanges.ecriture import write_fixe
from parsers.echanges.lecteur import CONFORME, ILLISIBLE, NON_CONFORME
from pipelines.echanges.tableur import lecture_csv, lecture_xlsx
from tests.efforts import GRAINES
from tests.parsers.echanges.fabrique import COMPTE, DEMANDE, compose
from tests.pipelines.echanges.tableur.classeurs import (
    altered,
    classeur,
    csv,
    lire,
    repacked,
    sample,
    told,
)

ARI = classeur(sample("ARI"))
TEXTE = csv(sample("ARI")).decode("utf-8-sig")
FEUILLE = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row></sheetData></worksheet>'
)
RIRES = (
    '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {c} "{f"&{chr(ord(c) - 1)};" * 10}">' for c in "bcdefghij")
    + "]>"
)


def changed(feuille: str, cellule: str, valeur: Any) -> bytes:
    """The ARI with another value in a cell."""

    def alter(ouvert: Any) -> None:
        ouvert[feuille][cellule] = valeur

    return altered(ARI, alter)


@pytest.mark.parametrize(
    ("feuille", "cellule", "formule"),
    [
        ("salarie", "N3", "=65.25"),
        ("jour", "F4", "=SUM(F3:F3)"),
        ("arret", "A1", "=A2"),
        ("entete", "Z9", "=1"),
        ("jour", "F3", ArrayFormula("F3", "=1+2")),
        ("entete", "A3", '=HYPERLINK("http://exemple.invalid","T")'),
    ],
)
def test_a_formula_is_refused(feuille: str, cellule: str, formule: object) -> None:
    """Wherever it is and whatever it makes: the sheet, the row and the cell are told."""
    source = lire(changed(feuille, cellule, formule))
    assert source.verdict == ILLISIBLE
    assert source.fichier is None
    assert [(c, b) for c, _, b, _ in told(source)] == [("F034", feuille)]
    assert source.anomalies["valeur"].item() == cellule


@pytest.mark.parametrize("texte", ["=1+1", "+33 6", "-RD 604", "@ici", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(texte: str) -> None:
    """In every text of a file: a text in the workbook, after an apostrophe in the CSV (G4)."""
    fichier = compose("RIB", [("40", COMPTE | {"matricule": texte[:15], "holder": texte})])
    ouvert = load_workbook(BytesIO(classeur(fichier)))
    cellules = [c for feuille in ouvert for rangee in feuille for c in rangee if c.value]
    assert all(c.data_type != "f" for c in cellules)
    assert all(c.quotePrefix for c in cellules if c.value == texte)
    lignes = csv(fichier).decode("utf-8-sig")
    assert f";'{texte}" in lignes
    for octets, nom in ((classeur(fichier), "a.xlsx"), (lignes.encode(), "a.csv")):
        relu = lire(octets, nom).fichier
        assert relu is not None
        assert write_fixe(relu) == write_fixe(fichier)


@pytest.mark.parametrize("formule", ["=65,25", "+A1", "-A1+2", "@SUM(A1)"])
def test_a_formula_of_a_csv_is_refused(formule: str) -> None:
    """A spreadsheet that opens it would run it."""
    source = lire(TEXTE.replace("65,25", formule).encode(), "a.csv")
    assert told(source) == [("F034", None, "salarie", 7)]


def bombe() -> bytes:
    """A workbook of a few kilobytes that holds a part a thousand times as large."""
    sortie = BytesIO()
    with ZipFile(sortie, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 20_000_000)
    return sortie.getvalue()


HOSTILES: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "vide": (lambda: b"PK\x03\x04", None),
    "coupe": (lambda: ARI[: len(ARI) // 2], None),
    "ancien": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "ancien"),
    "texte": (lambda: b"ceci n'est pas un classeur", None),
    "rires": (lambda: repacked(ARI, sheet2=(RIRES + FEUILLE.format("&j;")).encode()), None),
    "externe": (
        lambda: repacked(
            ARI,
            sheet2=(
                '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + FEUILLE.format("&a;")
            ).encode(),
        ),
        None,
    ),
    "bombe": (bombe, "bornes"),
    "entrees": (lambda: repacked(ARI, **{f"x{n}": b"" for n in range(1_001)}), "bornes"),
}


@pytest.mark.parametrize(("make", "variante"), HOSTILES.values(), ids=HOSTILES)
def test_a_hostile_workbook_is_refused_at_once(
    make: Callable[[], bytes], variante: str | None
) -> None:
    """Bombs, entities, archives that are none: F033 within a second (G2, G3)."""
    octets = make()
    debut = time.process_time()
    source = lire(octets)
    assert time.process_time() - debut < 2
    assert (source.verdict, source.fichier) == (ILLISIBLE, None)
    assert told(source) == [("F033", variante, None, None)]


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a workbook and in a CSV, where they are met."""
    for module in (lecture_xlsx, lecture_csv):
        monkeypatch.setattr(module, "LIGNES_MAX", 3)
    for octets, nom in ((ARI, "a.xlsx"), (TEXTE.encode(), "a.csv")):
        assert told(lire(octets, nom)) == [("F033", "bornes", None, None)]


@pytest.mark.parametrize("graine", range(GRAINES))
def test_no_byte_makes_a_conversion_fail(graine: int) -> None:
    """Bytes changed or taken out of a workbook, of one of its sheets, of a CSV: an answer."""
    hasard = Random(graine)  # noqa: S311 - mutations, not secrets
    with ZipFile(BytesIO(ARI)) as archive:
        feuille = archive.read("xl/worksheets/sheet3.xml")
    for _ in range(12):
        for octets, nom in ((ARI, "a.xlsx"), (feuille, "sheet3"), (TEXTE.encode(), "a.csv")):
            abime = bytearray(octets)
            for _ in range(3):
                place = hasard.randrange(len(abime))
                abime[place : place + hasard.choice((1, 1, 20))] = bytes([hasard.randrange(256)])
            lu = repacked(ARI, sheet3=bytes(abime)) if nom == "sheet3" else bytes(abime)
            source = lire(lu, nom if nom != "sheet3" else "a.xlsx")
            assert source.fichier is not None or len(source.anomalies)


PLACES: dict[str, tuple[Callable[[], bytes], tuple[str, str, str | None, int | None]]] = {
    "feuille": (
        lambda: altered(ARI, lambda c: c.create_sheet("notes").append(["x"])),
        ("F035", "feuille", "notes", None),
    ),
    "genre": (
        lambda: altered(ARI, lambda c: [c.remove(c[n]) for n in ("arret", "salarie", "jour")]),
        ("F035", "genre", None, None),
    ),
    "titres": (
        lambda: altered(ARI, lambda c: c["jour"].delete_rows(1, 2)),
        ("F035", "titres", "jour", None),
    ),
    "colonne": (lambda: changed("jour", "F2", "PERDU"), ("F035", "colonne", "jour", 2)),
    "double": (lambda: changed("jour", "C2", "DECL_ID"), ("F035", "double", "jour", 2)),
    "sans_titre": (lambda: changed("jour", "Z3", "vu"), ("F035", "sans_titre", "jour", 3)),
    "entete": (lambda: changed("entete", "A4", "R"), ("F035", "entete", "entete", None)),
    "aucun": (lambda: changed("jour", "D4", "M9"), ("F036", "aucun", "jour", 4)),
}


@pytest.mark.parametrize(("make", "attendu"), PLACES.values(), ids=PLACES)
def test_what_has_no_place_is_told(
    make: Callable[[], bytes], attendu: tuple[str, str, str | None, int | None]
) -> None:
    """Sheets, columns, cells, rows that no record has: nothing is left out in silence."""
    source = lire(make())
    assert source.fichier is None
    assert attendu in told(source)
    assert {code for code, *_ in told(source)} <= {"F035", "F036"}


def test_an_empty_sheet_of_the_person_is_nothing() -> None:
    """A sheet that a program adds by itself (`Feuil1`), blank rows and columns."""
    octets = altered(ARI, lambda c: (c.create_sheet("Feuil1"), c["jour"].insert_rows(4)))
    assert lire(octets).verdict == CONFORME


def test_a_row_goes_with_the_one_whose_keys_it_gives() -> None:
    """Some of the keys are enough when they tell one row; the others are filled in."""
    sans = altered(ARI, lambda c: [c["jour"].__setitem__(a, None) for a in ("A3", "A4")])
    relu = lire(sans)
    assert relu.fichier is not None
    assert write_fixe(relu.fichier) == write_fixe(sample("ARI"))
    deux = TEXTE.replace("salarie;D1;;;M001", "salarie;D1;;;M002", 1) + TEXTE.splitlines()[6]
    seul = "\n".join(
        ligne.replace("jour;D1;01;;M001", "jour;D1;01;;") for ligne in deux.splitlines()
    )
    assert told(lire(seul.encode(), "a.csv"))[0] == ("F036", "plusieurs", "jour", 9)


def test_faults_are_told_where_the_person_wrote_them() -> None:
    """A record is told by its sheet and row; what is wrong is kept as it is written."""
    source = lire(changed("salarie", "N3", "beaucoup"))
    assert source.verdict == NON_CONFORME
    assert ("F013", "forme", "31", 4) in told(source)
    assert source.lieux is not None
    assert source.lieux[4] == ("salarie", 3)
    assert source.anomalies.filter(code="F013")["valeur"].item() == "beaucoup"


def test_what_may_be_left_blank() -> None:
    """The creation is the instant of the conversion, in Paris, and the reference comes from it."""
    demande = compose("DMC", [("20", DEMANDE | {"from": date(2026, 8, 3)})])
    vides = altered(
        classeur(demande), lambda c: [c["entete"].__setitem__(a, None) for a in ("E3", "F3", "K3")]
    )
    source = lire(vides)
    assert source.verdict == CONFORME
    assert source.fichier is not None
    assert source.fichier.entete is not None
    assert source.fichier.entete["created"] == "20260901100000"
    assert source.fichier.entete["file_id"] == "DMC-20260901100000"


@pytest.mark.parametrize(
    "octets",
    [
        TEXTE.replace(";", "\t").encode(),
        TEXTE.encode("cp1252"),
        TEXTE.replace("\r\n", "\n").encode("utf-8-sig"),
        TEXTE.replace(",", ".").replace(";", ",").encode(),
        "\n".join(sorted(TEXTE.splitlines(), key=lambda li: li.startswith("entete"))).encode(),
    ],
    ids=["tabulations", "windows", "lf", "virgules", "ordre"],
)
def test_csv_as_programs_write_it(octets: bytes) -> None:
    """Separators, encodings, line ends, tables in another order."""
    relu = lire(octets, "a.csv").fichier
    assert relu is not None
    assert write_fixe(relu) == write_fixe(sample("ARI"))


def test_a_workbook_of_another_program() -> None:
    """Titles alone, in lower case, numbers in place of digits: no note, no format, no list."""
    ouvert = Workbook()
    for rang, (nom, rangees) in enumerate(_plain_tables().items()):
        feuille = ouvert.create_sheet(nom.upper(), rang)
        for rangee in rangees:
            feuille.append(rangee)
    sortie = BytesIO()
    ouvert.save(sortie)
    relu = lire(sortie.getvalue()).fichier
    assert relu is not None
    assert write_fixe(relu) == write_fixe(sample("ARI"))


def _plain_tables() -> dict[str, list[list[object]]]:
    tables: dict[str, list[list[object]]] = {}
    for ligne in TEXTE.splitlines():
        nom, *cellules = ligne.split(";")
        nombres = [
            int(c) if c.isdecimal() and c != "0001234" else c.lower() if nom not in tables else c
            for c in cellules
        ]
        tables.setdefault(nom, []).append(nombres)
    return tables
