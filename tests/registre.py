"""The registry as imports would refuse to write it: versions of its rows, put there by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from warehouse.registre.versions import at, record_import, replace_rows

SANS_FICHIER = "0" * 64


def write_rows(c: Connection, *rangees: tuple[Table, Mapping[str, Any]]) -> None:
    """One import that opens these rows."""
    acte = {"auteur": "test", "motif": "test", "instant": "2026-01-01T00:00:00Z"}
    numero = record_import(c, sha256=SANS_FICHIER, **acte, forme="csv")
    for table, rangee in rangees:
        replace_rows(c, table, [rangee], numero)


def correct_row(
    c: Connection, table: Table, cle: Mapping[str, str], valeurs: Mapping[str, Any]
) -> dict[str, Any]:
    """One import that gives these values to the row of `cle`; the values that it had."""
    lignes = at(table)
    lue = c.execute(select(lignes).filter_by(**cle)).mappings().one()
    ancienne = {nom: v for nom, v in lue.items() if nom not in {"ouvert", "ferme"}}
    write_rows(c, (table, ancienne | dict(valeurs)))
    return ancienne
