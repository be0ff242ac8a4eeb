"""The layout of the documents: well formed, told to the reader, and covering what it must."""

from __future__ import annotations

from pathlib import Path

import pytest

import specs
from specs.caisse import read_caisse
from specs.documents import TYPES, Table, read_modeles
from specs.documents.page import render_page

RACINE = Path(specs.__file__).parents[1]
TABLES = [
    pytest.param(table, id=f"{modele.nom}-{table.nom}")
    for modele in read_modeles().values()
    for table in modele.tables.values()
]


def test_the_page_is_made_from_the_data() -> None:
    """docs/documents.md is what the data says, to the byte."""
    assert (RACINE / "docs/documents.md").read_text("utf-8") == render_page()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_well_formed(table: Table) -> None:
    """Each column has a known type, a title of its own, a meaning, a width that a page can hold."""
    entetes = [colonne.entete for colonne in table.colonnes]
    assert len(set(entetes)) == len(entetes)
    assert len(table.titre) <= 31  # a spreadsheet refuses a longer name of sheet
    for colonne in table.colonnes:
        assert colonne.type in TYPES
        assert colonne.sens
        assert 5 <= colonne.largeur <= 60


@pytest.mark.parametrize("table", ["mois", "salaries"])
def test_the_statement_of_bases_has_every_base(table: str) -> None:
    """A column for each base that the fund reads of an individual, or totals would not match."""
    noms = read_modeles()["bases"].tables[table].noms
    codes = [nom.removeprefix("base_") for nom in noms if nom.startswith("base_")]
    assert tuple(codes) == read_caisse().bases_individuelles
