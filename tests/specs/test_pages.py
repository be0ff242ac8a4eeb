"""What a workbook asks of the printer: its columns on one page, its titles on each."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from lxml import etree
from xlsxwriter import Workbook

from specs.pages import A3, A4, fit_page

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def lay_out(largeur: int, titres: int, pied: str = "Relevé") -> dict[str, bytes]:
    """The parts of a workbook whose only sheet was laid out so."""
    octets = BytesIO()
    with Workbook(octets, {"in_memory": True}) as classeur:
        fit_page(classeur.add_worksheet("Lignes"), largeur, titres, pied)
    with zipfile.ZipFile(octets) as archive:
        return {nom: archive.read(nom) for nom in archive.namelist()}


@pytest.mark.parametrize(
    ("largeur", "papier", "sens"),
    [(50, A4, "portrait"), (100, A4, "portrait"), (101, A4, "landscape"), (396, A3, "landscape")],
)
def test_the_paper_follows_the_width(largeur: int, papier: int, sens: str) -> None:
    """Upright, on its side, then larger; always as many pages as there are rows for, one wide."""
    feuille = etree.fromstring(lay_out(largeur, 1)["xl/worksheets/sheet1.xml"])
    page = feuille.find("x:pageSetup", NS)
    assert (page.get("paperSize"), page.get("orientation")) == (str(papier), sens)
    assert page.get("fitToHeight") == "0"
    assert feuille.find("x:sheetPr/x:pageSetUpPr", NS).get("fitToPage") == "1"


def test_titles_stay_and_are_printed_again() -> None:
    """The rows of titles on the screen and on paper; a sheet without titles has none."""
    parties = lay_out(50, 2)
    pane = etree.fromstring(parties["xl/worksheets/sheet1.xml"]).find(".//x:pane", NS)
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "2")
    assert b"Lignes!$1:$2" in parties["xl/workbook.xml"]
    assert b"Print_Titles" not in lay_out(50, 0)["xl/workbook.xml"]


def test_a_foot_says_names_as_they_are() -> None:
    """An ampersand is no command of the foot."""
    feuille = etree.fromstring(lay_out(50, 1, "Dupont & Fils")["xl/worksheets/sheet1.xml"])
    assert feuille.findtext("x:headerFooter/x:oddFooter", namespaces=NS) == (
        "&LDupont && Fils&R&P / &N"
    )
