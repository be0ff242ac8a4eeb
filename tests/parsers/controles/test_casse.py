"""Case: the norm compares the PCS-ESE in lower case, and every other code as it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from parsers.controles.arbre import short_name
from parsers.controles.langage import parsed
from parsers.controles.lecture import read_controles
from specs.dsn import VERSIONS, read_norme, read_table

SANS_CASSE = ("minuscules", "present", "absent", "unique")


def pcs() -> set[str]:
    """Short names of the rubrics that hold a PCS-ESE, in any version."""
    return {
        short_name(rubrique)
        for version in VERSIONS
        for rubrique in read_norme(version).rubriques.filter(table_externe="PCSESE")["rubrique"]
    }


def compared(noeud: ast.AST) -> Iterator[str]:
    """Names that a condition reads with their case."""
    if isinstance(noeud, ast.Call) and getattr(noeud.func, "id", "") in SANS_CASSE:
        return
    if isinstance(noeud, ast.Name | ast.Attribute):
        yield noeud.attr if isinstance(noeud, ast.Attribute) else noeud.id
    for enfant in ast.iter_child_nodes(noeud):
        yield from compared(enfant)


def test_no_condition_compares_a_pcs_by_its_case() -> None:
    """Wherever it is looked up or compared, `621C` is `621c`."""
    assert pcs() >= {"r40_004", "r41_019"}
    for controle in read_controles():
        for condition in (controle.si, controle.alors, controle.sinon, controle.fautif):
            lus = set(compared(parsed(condition))) if condition else set()
            assert not lus & pcs(), controle.identifiant


@pytest.mark.parametrize("table", ["PCSESE"])
def test_a_table_looked_up_in_lower_case_is_in_lower_case(table: str) -> None:
    """No code of it would be out of reach."""
    codes = read_table(table)["code"].to_list()
    assert codes == [code.lower() for code in codes]
