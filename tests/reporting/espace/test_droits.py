"""What a user reads, row by row, against a reading of the rights in plain Python."""

from __future__ import annotations

from random import Random
from typing import Any

import polars as pl
import pytest

from reporting.espace.droits import Acces, Droit, Siens, restrict
from specs.contrats import columns_of
from specs.espace import TOUS, Table, natures_of, read_tables
from tests.efforts import GRAINES

SERVICES = ("*", "conges", "intemperies", "comptabilite", "declarations")
CATEGORIES, CENTRES = ("*", "O", "E", "C"), ("*", "C1", "C2")
SALARIES = {"O": {"s1", "s2"}, "E": {"s3"}, "C": set[str]()}
DEPOTS = {"D1", "D3"}
TIRAGES = 2_500
TABLES = list(read_tables().values())


def draw_ligne(hasard: Random, table: Table) -> dict[str, str | None]:
    """A row: what rights may look at, where the table has it."""
    valeurs: dict[str, list[str | None]] = {
        "cdg": ["C1", "C2", None],
        "salarie": ["s1", "s3", "s4", None],
        "depot": ["D1", "D2", "D3", None],
        "nature": ["DSN", "CERT", "ARI", "TDP", "APPEL", "AUTRE", None],
    }
    return {n: hasard.choice(v) for n, v in valeurs.items() if n in columns_of(table.nom)}


def reads(acces: Acces, table: Table, ligne: dict[str, Any]) -> bool:
    """The rights, one after the other, as the registry says them."""
    for droit in acces.droits:
        if table.service != "*" and droit.service not in ("*", table.service):
            continue
        if not tells(table, droit, ligne):
            continue
        if droit.cdg != "*" and ligne.get("cdg") != droit.cdg:
            continue
        if droit.categorie != "*" and ligne.get("salarie") not in SALARIES[droit.categorie]:
            continue
        return True
    return False


def tells(table: Table, droit: Droit, ligne: dict[str, Any]) -> bool:
    """Whether the file of the row is of the service."""
    if table.selon is None:
        return True
    sienne = droit.service == "*" or ligne.get("nature") in natures_of(droit.service)
    if table.selon == "nature":
        return sienne
    if table.selon == "emission" and ligne["depot"] is None:
        return sienne
    return ligne["depot"] in DEPOTS


@pytest.mark.parametrize("graine", range(4 * GRAINES))
def test_rows_are_those_of_the_slow_reading(graine: int) -> None:
    """Rights, tables and rows at random."""
    hasard = Random(graine)  # noqa: S311 - replayed
    siens = Siens(
        {c: pl.Series(sorted(s), dtype=pl.String) for c, s in SALARIES.items()},
        pl.Series(sorted(DEPOTS)),
    )
    lues = 0
    while lues < TIRAGES:
        table = hasard.choice(TABLES)
        droits = frozenset(
            Droit(hasard.choice(SERVICES), hasard.choice(CATEGORIES), hasard.choice(CENTRES))
            for _ in range(hasard.randint(1, 3))
        )
        acces = Acces("U", "S", "E", "B", droits)
        lignes = [draw_ligne(hasard, table) for _ in range(20)]
        lues += len(lignes)
        attendues = [acces.can_read(table) and reads(acces, table, ligne) for ligne in lignes]
        noms = list(lignes[0])
        frame = pl.DataFrame(lignes or [{}], dict.fromkeys(noms, pl.String)).with_row_index("n")
        vues = frame.filter(restrict(acces, table, noms, siens))["n"].to_list() if noms else []
        if noms:
            assert vues == [n for n, lue in enumerate(attendues) if lue], (table.nom, droits)


def test_a_table_of_every_service_is_for_whoever_has_a_right() -> None:
    """And of none for whoever has none."""
    table = read_tables()["depots"]
    assert table.service == TOUS
    assert Acces("U", "S", "E", "B", frozenset({Droit("conges")})).can_read(table)
    assert not Acces("U", "S", "E", "B", frozenset()).can_read(table)
