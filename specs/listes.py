"""Which columns a list shows: the main ones of its table, in `listes.yaml`."""

from __future__ import annotations

from specs.fichiers import read_yaml


def main_columns(table: str) -> tuple[str, ...]:
    """The main columns of a table, in the order in which they are shown; none: all of them."""
    return tuple(read_yaml("specs", "listes").get(table, ()))
