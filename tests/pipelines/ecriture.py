"""DSN written in a test: a short header, then lines, read as typed blocks."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from parsers.dsn.lecteur import read_dsn
from parsers.dsn.lots import Envoi

TETE = (
    "S10.G00.00.005,'02'",
    "S10.G00.00.006,'P26V01'",
    "S20.G00.05.001,'01'",
    "S20.G00.05.002,'01'",
    "S20.G00.05.003,'11'",
    "S20.G00.05.004,'7'",
    "S20.G00.05.005,'01032026'",
    "S20.G00.05.008,'01'",
    "S21.G00.06.001,'800000010'",
    "S21.G00.11.001,'00010'",
)


def read_blocs(lignes: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Typed blocks of a message made of a short header and these lines."""
    octets = "\n".join([*TETE, *lignes, ""]).encode("latin-1")
    (morceau,) = read_dsn([Envoi(1, octets)], "P26V01")
    return dict(morceau.blocs)
