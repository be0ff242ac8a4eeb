"""Values of the cases: what is asked, what comes out, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs

Ligne = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cas:
    """One case. `attendu`: for each table, the rows that must come out; {} for a what-if.

    `decisions`: settled choices that the case illustrates (C-01...). `officiel`: its figures are
    written in a published source.
    """

    id: str
    domaine: str
    titre: str
    source: str
    decisions: tuple[str, ...]
    officiel: bool
    date_arrete: date
    entrees: Champs
    attendu: Mapping[str, tuple[Ligne, ...]]


@dataclass(frozen=True, slots=True)
class Resultat:
    """Tables by name, in the order of their contracts, and the sentences that explain them."""

    tables: Mapping[str, pl.DataFrame]
    explication: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ecart:
    """A row of `table` that is missing (`obtenu` is None), extra (`attendu` is None) or other."""

    table: str
    attendu: Ligne | None
    obtenu: Ligne | None
