"""Documents for spreadsheets: one layout, CSV and workbook that say the same."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO

import pytest
from lxml import etree

from pipelines.editique.tableaux import Cellule, Tableaux, compose_tableau
from pipelines.editique.tableaux_csv import compute_empreinte, render_csv
from pipelines.editique.tableaux_xlsx import render_xlsx
from specs.documents import read_modeles

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
LIGNE: dict[str, Cellule] = {
    "appel": "C7501-202603-01",
    "nature": "initial",
    "adherent": "004217",
    "raison_sociale": '=CMD|"x"',
    "siren": "800000000",
    "cdg": "7501",
    "mois_appel": "2026-03",
    "date_exigibilite": date(2026, 4, 25),
    "mois_rattachement": "2026-03",
    "cotisation": "CP",
    "libelle": "Congés payés",
    "base_brute": 1687500,
    "refaction": 800_000,
    "coefficient": 1_000_000,
    "heures": 120_050,
    "base": 1350000,
    "abattement": 0,
    "assiette": 1350000,
    "taux": 210_000,
    "montant": -283501,
    "salaries": None,
    "lignes_dsn": 5,
    "tdp": None,
    "depots": "D00000123",
    "reference_paiement": "C7501-202603-01",
    "date_prelevement": None,
}
DOCUMENT = Tableaux(
    modele=read_modeles()["appel"],
    identite=(("Raison sociale", '=CMD|"x"'),),
    tableaux=(compose_tableau("appel", "lignes", [LIGNE, LIGNE], {"montant": -567002}),),
    date_arrete=date(2026, 4, 3),
    publication=42,
)


def read_xlsx(octets: bytes, feuille: int = 1) -> list[list[str]]:
    """Cells of a sheet as texts: words as they are, numbers as they are stored."""
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        chaines = etree.fromstring(archive.read("xl/sharedStrings.xml"))
        mots = ["".join(s.itertext()) for s in chaines.iterfind("x:si", NS)]
        lue = etree.fromstring(archive.read(f"xl/worksheets/sheet{feuille}.xml"))
    return [
        [_read_cellule(cellule, mots) for cellule in ligne.iterfind("x:c", NS)]
        for ligne in lue.iterfind("x:sheetData/x:row", NS)
    ]


def _read_cellule(cellule: etree._Element, mots: list[str]) -> str:
    valeur = cellule.findtext("x:v", default="", namespaces=NS)
    return mots[int(valeur)] if cellule.get("t") == "s" else valeur


def named(ligne: list[str]) -> dict[str, str]:
    """A row by name of column."""
    return dict(zip(DOCUMENT.tableaux[0].table.noms, ligne, strict=True))


def test_cells_are_typed() -> None:
    """Amounts, rates and hours are exact numbers; months and days are dates of the calendar."""
    titres, ligne, _, total = read_xlsx(render_xlsx(DOCUMENT))
    assert titres == [colonne.entete for colonne in DOCUMENT.tableaux[0].table.colonnes]
    lue = named(ligne)
    exactes = {
        "base_brute": "16875", "refaction": "0.8", "heures": "1200.5", "taux": "0.21",
        "montant": "-2835.01", "lignes_dsn": "5",
    }  # fmt: skip
    assert {nom: Decimal(lue[nom]) for nom in exactes} == {
        nom: Decimal(texte) for nom, texte in exactes.items()
    }
    origine = date(1899, 12, 30)
    assert origine + timedelta(days=int(lue["date_exigibilite"])) == date(2026, 4, 25)
    assert origine + timedelta(days=int(lue["mois_appel"])) == date(2026, 3, 1)
    assert (lue["salaries"], lue["date_prelevement"]) == ("", "")
    assert (named(total)["appel"], Decimal(named(total)["montant"])) == (
        "Total",
        Decimal("-5670.02"),
    )


def test_a_text_is_never_a_formula() -> None:
    """What looks like a formula is a text marked as such; no sheet has a formula."""
    octets = render_xlsx(DOCUMENT)
    assert named(read_xlsx(octets)[1])["raison_sociale"] == '=CMD|"x"'
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        feuilles = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert all(b"<f>" not in archive.read(nom) for nom in feuilles)
        styles = etree.fromstring(archive.read("xl/styles.xml"))
    assert styles.xpath("//x:cellXfs/x:xf/@quotePrefix", namespaces=NS)


def test_the_workbook_is_comfortable() -> None:
    """Header frozen and filtered, widths of the layout, one page wide."""
    with zipfile.ZipFile(BytesIO(render_xlsx(DOCUMENT))) as archive:
        feuille = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert feuille.xpath("//x:pane/@state", namespaces=NS) == ["frozen"]
    assert feuille.xpath("//x:autoFilter/@ref", namespaces=NS) == ["A1:Z3"]
    assert feuille.xpath("//x:pageSetup/@fitToHeight", namespaces=NS) == ["0"]
    largeurs = [round(float(w)) for w in feuille.xpath("//x:col/@width", namespaces=NS)]
    assert largeurs[0] == DOCUMENT.tableaux[0].table.colonnes[0].largeur + 1


def test_both_shapes_bear_one_fingerprint() -> None:
    """The last sheet gives the publication and the very hash that ends the CSV."""
    octets = render_csv(DOCUMENT)
    corps, _, empreinte = octets.rpartition(b"Empreinte;")
    publication = dict(read_xlsx(render_xlsx(DOCUMENT), feuille=2))
    assert publication["Publication"] == "42"
    assert publication["Empreinte"] == sha256(corps).hexdigest() == empreinte.decode().strip()
    autre = replace(DOCUMENT, publication=43)
    assert compute_empreinte(autre) != compute_empreinte(DOCUMENT)


def test_same_document_same_bytes() -> None:
    """Two workbooks are equal to the byte, dated by the decision date and by nothing else."""
    octets = render_xlsx(DOCUMENT)
    assert octets == render_xlsx(replace(DOCUMENT))
    with zipfile.ZipFile(BytesIO(octets)) as archive:
        assert {entree.date_time[0] for entree in archive.infolist()} == {1980}
        assert b"2026-04-03T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_missing_column_is_an_error() -> None:
    """A row that lacks a column of the layout is refused, not shifted."""
    with pytest.raises(KeyError, match="montant"):
        compose_tableau("appel", "lignes", [{n: v for n, v in LIGNE.items() if n != "montant"}])


def test_no_control_character_reaches_a_cell() -> None:
    """What XML cannot hold is replaced."""
    sale = LIGNE | {"libelle": "a\x00b\udc80\ufffe"}
    document = replace(DOCUMENT, tableaux=(compose_tableau("appel", "lignes", [sale]),))
    assert named(read_xlsx(render_xlsx(document))[1])["libelle"] == "a\ufffdb\ufffd\ufffd"
