"""What a company asks for from its space, as data: the table or the file that each request fills.

>>> find_acte("documents").table
'envois_documents'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_yaml

ADMINISTRATEUR, DEPOSANT, SOI = "administrateur", "deposant", "soi"


class ActeInconnu(LookupError):  # noqa: N818 - named in French
    """No act of the space has this name."""


@dataclass(frozen=True, slots=True)
class Acte:
    """An act: see `actes.yaml` for what each of its words says.

    `champs`: names of what is typed, by record ("" for the row of a table).
    """

    nom: str
    titre: str
    aide: str
    droit: str
    champs: Mapping[str, Sequence[str]]
    table: str = ""
    genre: str = ""
    lignes: int = 1
    a_venir: bool = False
    deja: str = ""
    donnes: Mapping[str, str] = field(default_factory=dict)
    titres: Mapping[str, str] = field(default_factory=dict)
    choix: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cotisations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def read_actes() -> Mapping[str, Acte]:
    """Every act by name, in the order of the page."""
    lus = read_yaml("specs.espace", "actes")
    return MappingProxyType({nom: _parse(nom, dit) for nom, dit in lus.items()})


def find_acte(nom: str) -> Acte:
    """An act by its name; ActeInconnu when there is none."""
    try:
        return read_actes()[nom]
    except KeyError:
        raise ActeInconnu(nom) from None


def _parse(nom: str, dit: Mapping[str, Any]) -> Acte:
    champs = dit["champs"]
    return Acte(nom, **{**dit, "champs": champs if isinstance(champs, dict) else {"": champs}})
