"""Comparison of what came out with what was expected: exact, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pipelines.cas.valeurs import Cas, Ecart, Ligne, Resultat


def check_cas(cas: Cas, resultat: Resultat) -> list[Ecart]:
    """Differences, table by table; none when the case holds.

    Only the columns that the case names are compared; any row missing or extra is a difference.
    """
    return [
        ecart
        for table, attendues in cas.attendu.items()
        for ecart in _compare(table, attendues, _obtained(resultat, table, attendues))
    ]


def _obtained(resultat: Resultat, table: str, attendues: Sequence[Ligne]) -> Sequence[Ligne]:
    frame = resultat.tables[table]
    colonnes = list(attendues[0]) if attendues else frame.columns
    return frame.select(colonnes).to_dicts()


def _compare(table: str, attendues: Sequence[Ligne], obtenues: Sequence[Ligne]) -> Iterator[Ecart]:
    restantes = list(obtenues)
    manquantes = []
    for attendue in attendues:
        if attendue in restantes:
            restantes.remove(attendue)
        else:
            manquantes.append(attendue)
    for attendue, obtenue in zip_longest(manquantes, restantes):
        yield Ecart(table, attendue, obtenue)
