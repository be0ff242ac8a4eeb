"""The space of the companies as data: each table, column and way is one that exists."""

from __future__ import annotations

import pytest

from reporting.espace.lecture import describe_table
from specs.contrats import read_contrat, valeurs_of
from specs.espace import (
    TOUS,
    Table,
    TableInconnue,
    find_table,
    natures_of,
    read_tables,
    read_themes,
)

SERVICES = valeurs_of("droits_utilisateurs", "service")
TABLES = list(read_tables().values())


@pytest.mark.parametrize("table", TABLES, ids=[t.nom for t in TABLES])
def test_a_table_shows_columns_that_it_has(table: Table) -> None:
    """Published, of a known service, with the columns, the order and the ways that it says."""
    contrat = describe_table(table)
    noms = {colonne.nom for colonne in contrat.colonnes}
    assert read_contrat(table.nom).publie
    assert table.service in SERVICES
    assert {*table.colonnes, table.tri} <= noms
    assert table.selon in (None, "nature", "depot", "emission")
    brutes = {colonne.nom for colonne in read_contrat(table.nom).colonnes}
    for suite, communes in table.suites.items():
        suivantes = {colonne.nom for colonne in read_contrat(find_table(suite).nom).colonnes}
        assert communes
        assert set(communes) <= brutes & suivantes


def test_every_file_is_of_a_service() -> None:
    """Services of the registry, and the natures of DSN and exchange files among them."""
    natures = {nature for service in SERVICES for nature in natures_of(service)}
    assert {"DSN", "CERT", "DMC", "ARI", "RIB", "TDP", "APPEL", "RELEVE"} <= natures
    assert natures_of(TOUS) == frozenset()


def test_a_table_that_nobody_shows_is_unknown() -> None:
    """Decisions and alerts are the fund's own."""
    assert "decisions" not in read_tables()
    with pytest.raises(TableInconnue):
        find_table("decisions")
    assert next(iter(read_themes())) == "comptes"
