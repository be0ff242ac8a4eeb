"""What one employee reads of himself, as data: tables, their columns, how long he stays known.

>>> find_table("attestations_fiscales").recit
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_yaml


@dataclass(frozen=True, slots=True)
class Table:
    """A published table whose rows bear the employee that they are about.

    `colonnes`: all that he may read of his rows. `recit`: the engine tells why a row is what it is.
    """

    nom: str
    colonnes: tuple[str, ...]
    recit: bool


@dataclass(frozen=True, slots=True)
class Regles:
    """Life of a link, tries of its code, life of a session, longest leave that is simulated."""

    lien_heures: int
    ouvertures: int
    code_chiffres: int
    essais_code: int
    session_inactive_minutes: int
    session_minutes: int
    simulation_jours: int


@cache
def read_tables() -> Mapping[str, Table]:
    """Every table that an employee reads, by name."""
    dites = read_yaml(__name__, "tables")
    return MappingProxyType(
        {
            nom: Table(nom, tuple(dit["colonnes"]), dit.get("recit", False))
            for nom, dit in dites.items()
        }
    )


def find_table(nom: str) -> Table:
    """A table of his; KeyError when no employee reads it."""
    return read_tables()[nom]


@cache
def read_regles() -> Regles:
    """The rules of access."""
    return Regles(**read_yaml(__name__, "regles"))


@cache
def read_mots() -> Mapping[str, Mapping[str, Any]]:
    """Plain words of closed lists: by list, by code."""
    return MappingProxyType(read_yaml(__name__, "mots"))
