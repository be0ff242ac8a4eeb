from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from lxml import etree

from reporting import classeur
from reporting.demande import DemandeRefusee, Format, parse_format
from reporting.formats import render_table
from reporting.lecture import read_table
from specs.contrats import Lecteur, read_contrat
from warehouse.maison import Maison

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def _render(maison: Maison, table: str, format_: Format) -> bytes:
    return render_table(
        read_table(maison, table, lecteur=Lecteur.EXPLOITANT), read_contrat(table), format_
    )


def _texte(maison: Maison, table: str) -> str:
    return _render(maison, table, Format.TEXTE).decode()


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("table", ["depots", "appels", "lignes_appel", "anomalies", "bases"])
def test_memes_octets(maison: Maison, table: str, format_: Format) -> None:
    """The same table gives the same bytes twice, empty or not."""
    assert _render(maison, table, format_) == _render(maison, table, format_)


def test_texte_montants(maison: Maison) -> None:
    """A terminal shows euros with a comma, percents, and numbers that end at the same place."""
    lignes = _texte(maison, "lignes_appel").splitlines()
    assert lignes[0] == "Lignes des appels de cotisations"
    rappel, mois = (ligne for ligne in lignes if "CP" in ligne)
    assert rappel.endswith("21\u202f%       −25,20")
    assert mois.endswith("21\u202f%     2\u202f835,00")
    assert "12345-01-2026-03-1" in mois[:20]
    assert lignes[-1] == "2 lignes."
    assert any(ligne.endswith("montant (€)") for ligne in lignes)


def test_texte_largeurs(maison: Maison) -> None:
    """A long text goes on over several lines, whole; a hash is cut."""
    anomalies = _texte(maison, "anomalies")
    assert "La valeur est plus longue que ce que" in anomalies
    assert "la norme permet pour cette rubrique." in anomalies
    assert max(map(len, _texte(maison, "depots").splitlines())) < 280
    assert f"{3:064x}"[:35] + "…" in _texte(maison, "depots")


def test_texte_sans_commande_de_terminal(maison: Maison) -> None:
    """A file name cannot send an escape sequence to the terminal of the operator."""
    depots = read_table(maison, "depots", lecteur=Lecteur.EXPLOITANT).with_columns(
        nom=pl.lit("a\x1b[2Jb\u202ec\x1d\n.dsn")
    )
    texte = render_table(depots, read_contrat("depots"), Format.TEXTE).decode()
    assert "a�[2Jb�c��.dsn" in texte


def test_texte_vide(maison: Maison) -> None:
    """An empty table says so."""
    assert _texte(maison, "bases").endswith("\n\nAucune ligne.\n")


def test_csv(maison: Maison) -> None:
    """CSV opens in a French spreadsheet and carries the raw integers under the raw names."""
    octets = _render(maison, "lignes_appel", Format.CSV)
    assert octets.startswith(b"\xef\xbb\xbfpart;appel;cdg;")
    assert octets.decode("utf-8-sig").splitlines()[2].endswith(";1350000;0;210000;283500")


def test_csv_sans_formule(maison: Maison) -> None:
    """A text that a spreadsheet would run has an apostrophe in front; a negative number has not."""
    assert ";'=2+5.dsn;" in _render(maison, "depots", Format.CSV).decode("utf-8-sig")
    assert ";-2520;" in _render(maison, "appels", Format.CSV).decode("utf-8-sig")


def test_json(maison: Maison) -> None:
    """JSON is one array of objects with the names of the contract and exact values."""
    appels = json.loads(_render(maison, "appels", Format.JSON))
    assert list(appels[0]) == [colonne.nom for colonne in read_contrat("appels").colonnes]
    assert appels[1]["montant_centimes"] == -2_520
    assert appels[1]["date_exigibilite"] == "2026-03-25"
    depots = json.loads(_render(maison, "depots", Format.JSON))
    assert [depots[1]["essai"], depots[2]["essai"]] == [None, True]
    assert json.loads(_render(maison, "bases", Format.JSON)) == []


def test_parquet(maison: Maison) -> None:
    """Parquet gives back the very same table."""
    octets = _render(maison, "appels", Format.PARQUET)
    assert pl.read_parquet(io.BytesIO(octets)).equals(
        read_table(maison, "appels", lecteur=Lecteur.EXPLOITANT)
    )


def _part(octets: bytes, nom: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return etree.fromstring(archive.read(nom))


def _cellule(octets: bytes, adresse: str) -> Any:
    (cellule,) = _part(octets, "xl/worksheets/sheet1.xml").xpath(
        f"//x:c[@r='{adresse}']", namespaces=NS
    )
    return cellule


def test_xlsx_titres(maison: Maison) -> None:
    """A workbook has the French titles in its first row, frozen."""
    octets = _render(maison, "appels", Format.XLSX)
    feuille = _part(octets, "xl/worksheets/sheet1.xml")
    titres = feuille.xpath("//x:row[@r='1']/x:c//x:t/text()", namespaces=NS)
    assert titres == [colonne.titre for colonne in read_contrat("appels").colonnes]
    assert feuille.xpath("//x:pane/@state", namespaces=NS) == ["frozen"]


def test_xlsx_nombres(maison: Maison) -> None:
    """Amounts are numbers in euros, rates numbers in percent, days real dates."""
    lignes = _render(maison, "lignes_appel", Format.XLSX)
    montant, taux = _cellule(lignes, "P3"), _cellule(lignes, "O3")
    assert [montant.get("t"), taux.get("t")] == [None, None]
    assert Decimal(montant.findtext("x:v", namespaces=NS)) == 2835
    assert Decimal(taux.findtext("x:v", namespaces=NS)) == Decimal("0.21")
    formats = _part(lignes, "xl/styles.xml").xpath("//x:numFmt/@formatCode", namespaces=NS)
    assert "#,##0.00\\ €" in formats
    assert "0.00##\\ %" in formats
    exigible = _cellule(_render(maison, "appels", Format.XLSX), "L2")
    jours = (date(2026, 3, 25) - date(1899, 12, 30)).days
    assert exigible.findtext("x:v", namespaces=NS) == str(jours)


def test_xlsx_sans_formule(maison: Maison) -> None:
    """A text that looks like a formula is a text, and stays one when it is edited."""
    octets = _render(maison, "depots", Format.XLSX)
    cellule = _cellule(octets, "C5")
    assert "".join(cellule.itertext()) == "=2+5.dsn"
    assert cellule.get("t") in {"s", "inlineStr"}
    styles = _part(octets, "xl/styles.xml").xpath("//x:cellXfs/x:xf", namespaces=NS)
    assert styles[int(cellule.get("s"))].get("quotePrefix") == "1"


def test_xlsx_trop_grand(maison: Maison, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table larger than a sheet is refused with what to do instead."""
    monkeypatch.setattr(classeur, "LIGNES_MAX", 2)
    with pytest.raises(DemandeRefusee, match="choisir csv ou parquet"):
        _render(maison, "appels", Format.XLSX)


def test_format_inconnu() -> None:
    """An unknown format is refused with the list of the known ones."""
    with pytest.raises(DemandeRefusee, match="texte, csv, json, xlsx, parquet"):
        parse_format("xls")
