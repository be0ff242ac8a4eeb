"""The models that a company fills in: a sheet a record, help, lists and formats in the cells."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook

from parsers.echanges.lecteur import CONFORME, NON_CONFORME
from pipelines.echanges.tableur.feuilles import list_feuilles
from pipelines.echanges.tableur.modele import list_genres, write_modele
from specs.echanges import read_genres
from tests.pipelines.echanges.tableur.classeurs import altered, lire, told

ENTRANTS = list_genres(".xlsx")


def open_modele(genre: str) -> Any:
    """The workbook of a kind, as openpyxl sees it."""
    return load_workbook(BytesIO(write_modele(genre, ".xlsx")))


@pytest.mark.parametrize("genre", ENTRANTS)
def test_a_model_has_a_sheet_a_record(genre: str) -> None:
    """Named as its element; one column a field, its title in French and its help as a note."""
    ouvert = open_modele(genre)
    elements = ["entete", *(e.element for e in read_genres()[genre].details)]
    assert ouvert.sheetnames == ["Lisez-moi", *elements, "Listes"]
    assert ouvert["Listes"].sheet_state == "hidden"
    for feuille in list_feuilles(genre):
        page = ouvert[feuille.nom]
        titres = [cellule.value for cellule in page[1]]
        assert titres == [colonne.titre for colonne in feuille.colonnes]
        assert [cellule.value for cellule in page[2]] == [c.nom for c in feuille.colonnes]
        assert all(cellule.comment and cellule.comment.text for cellule in page[1])


def test_cells_have_the_format_of_their_field() -> None:
    """Dates, hours, months, euros, rates and texts, in whole columns."""
    ouvert = open_modele("ARI")
    formats = {
        page[2][rang].value: page.column_dimensions[page[2][rang].column_letter].number_format
        for page in (ouvert["arret"], ouvert["salarie"], ouvert["jour"])
        for rang in range(page.max_column)
    }
    attendus = {
        "STOP_DATE": "dd/mm/yyyy",
        "STOP_TIME": "hh:mm",
        "RATE": "0.0000",
        "SCHEDULE": "0.00",
    }
    attendus |= {"N_WORKERS": "0", "STOP_NO": "@", "SIRET": "@", "SURNAME": "@"}
    assert {nom: formats[nom] for nom in attendus} == attendus


@pytest.mark.parametrize("genre", ENTRANTS)
def test_each_column_says_what_it_admits(genre: str) -> None:
    """Closed lists, long ones through a hidden sheet; bounds; help when a cell is entered."""
    ouvert = open_modele(genre)
    for feuille in list_feuilles(genre):
        page = ouvert[feuille.nom]
        regles = {str(r.sqref).split(":")[0]: r for r in page.data_validations.dataValidation}
        assert len(regles) == len(feuille.colonnes)
        for place, colonne in enumerate(feuille.colonnes, start=1):
            regle = regles[page.cell(3, place).coordinate]
            assert regle.prompt
            if not colonne.choix:
                assert regle.type != "list"
            elif regle.formula1.startswith('"'):
                assert tuple(regle.formula1.strip('"').split(",")) == colonne.choix
            else:
                nom, plage = regle.formula1.lstrip("=").split("!")
                cellules = ouvert[nom][plage.replace("$", "")]
                assert tuple(str(c.value) for (c,) in cellules) == colonne.choix


@pytest.mark.parametrize("genre", ENTRANTS)
def test_the_first_sheet_names_the_others(genre: str) -> None:
    """« Lisez-moi » says what each sheet holds, and how its rows go with those of another."""
    ouvert = open_modele(genre)
    texte = "\n".join(str(c.value) for (c,) in ouvert["Lisez-moi"].iter_rows() if c.value)
    for enregistrement in read_genres()[genre].details:
        assert f"Feuille « {enregistrement.element} » : " in texte
        assert all(lien in texte for lien in enregistrement.liens)
    assert "caisse echange convertir" in texte


def test_a_model_left_empty_says_what_is_missing() -> None:
    """It is a test file, new, to which a convention, a SIREN and a line are missing."""
    source = lire(write_modele("DMC", ".xlsx"))
    assert source.verdict == NON_CONFORME
    assert sorted(source.anomalies["code"]) == ["F010", "F013", "F013"]


def test_a_model_filled_in_is_a_file() -> None:
    """What a person types, dates and numbers as he sees them."""

    def fill(ouvert: Any) -> None:
        entete, demande = ouvert["entete"], ouvert["demande"]
        for nom, valeur in (("CONVENTION", "0001234"), ("SIREN", 999090012)):
            entete.cell(3, _place(entete, nom)).value = valeur
        saisies = {
            "MATRICULE": "M001", "SURNAME": "DURAND", "FIRST_NAME": "Paul", "BIRTH": "01/01/1985",
            "REQ_ID": "R1", "ACTION": "N", "FROM": "03/08/2026", "TO": "14/08/2026",
            "RESUME": "17/08/2026", "DAYS": 11, "NATURE": "CP", "AVG_WAGE": "2 450,00",
            "SEN_UNIT": "A", "SEN_FIRM": 11, "DEPT": 77, "PAY_TO": "S",
        }  # fmt: skip
        for nom, valeur in saisies.items():
            demande.cell(3, _place(demande, nom)).value = valeur

    source = lire(altered(write_modele("DMC", ".xlsx"), fill))
    assert told(source) == []
    assert source.verdict == CONFORME


def _place(page: Any, nom: str) -> int:
    """The column of a field."""
    return next(cellule.column for cellule in page[2] if cellule.value == nom)


@pytest.mark.parametrize("genre", ENTRANTS)
def test_the_same_model_has_the_same_bytes(genre: str) -> None:
    """In each of its forms."""
    for forme in (".xlsx", ".csv", ".xsd"):
        assert write_modele(genre, forme) == write_modele(genre, forme)


def test_the_models_of_each_form() -> None:
    """Spreadsheets for what a company sends, a schema for every kind."""
    assert list_genres(".csv") == ENTRANTS == ("CERT", "DMC", "ARI", "RIB", "TDP")
    assert list_genres(".xsd") == tuple(read_genres())
    assert list_genres(".pdf") == ()
    assert etree.XMLSchema(etree.fromstring(write_modele("CRM", ".xsd"))) is not None
