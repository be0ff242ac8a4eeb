"""The prose of the specification of exchange files: one YAML a part, chapters in their order.

A chapter (its key is its anchor): `titre`, `blocs`, `sections` (anchor: `titre`, `blocs`); that of
a kind also has `resume` and `enregistrements` (code: `titre`, `nombre`). What a block and a text
may hold is told at the head of `1_service.yaml`.

>>> read_chapitres()["DMC"]["titre"]
'Demandes de congés'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_sujets


@cache
def read_chapitres() -> Mapping[str, Mapping[str, Any]]:
    """Every chapter by its anchor, in order."""
    return MappingProxyType(read_sujets(__name__))


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the layout, or a date on which its specification was made more precise."""

    version: str
    jour: date
    changements: str


@cache
def read_journal() -> tuple[Version, ...]:
    """Every version, the last one first."""
    return tuple(Version(**dite) for dite in read_chapitres()["journal"]["versions"])
