"""What is read of an import, whatever its format: rows as texts, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

# A title that is none may be a value, of a file without titles: only what looks like one is quoted.
NOM = re.compile(r"[a-z_]{1,30}", re.ASCII | re.IGNORECASE)


class Lieu(NamedTuple):
    """A place in a file: its rank, for the order of errors, and how it is said."""

    rang: int
    texte: str


class Erreur(NamedTuple):
    """What is wrong at a place, in French."""

    lieu: Lieu
    message: str

    def __str__(self) -> str:
        """`ligne 3 : siren : obligatoire`."""
        return f"{self.lieu.texte} : {self.message}"


@dataclass(frozen=True, slots=True)
class Entree:
    """A row as the file gives it: texts of the columns it has, None for an empty one."""

    table: str
    lieu: Lieu
    textes: Mapping[str, str | None]


class Lecture(NamedTuple):
    """Rows of a file and what could not be read; the rows are of use only without errors."""

    entrees: list[Entree]
    erreurs: list[Erreur]


def format_nom(nom: str) -> str:
    """The name of an unknown column as an error may quote it."""
    return f" « {nom} »" if NOM.fullmatch(nom) else ""
