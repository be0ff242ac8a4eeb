"""Contracts of the tables of the lake, one YAML a business.

A contract says which columns a table has, their types (a key of TYPES), the key (also the total
order of the rows), the columns that partition it and who may see each column: `publique`,
`entreprise` (known to one company) or `pseudonyme` (an employee under a pseudonym).

    >>> read_contrat("appels").cle
    ('appel',)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import polars as pl

from specs.fichiers import read_sujets

TYPES: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "texte": pl.String(),
        "mois": pl.String(),
        "entier": pl.Int64(),
        "centimes": pl.Int64(),
        "ppm": pl.Int64(),
        "centiemes": pl.Int64(),
        "booleen": pl.Boolean(),
        "date": pl.Date(),
    }
)
CLASSES = frozenset({"publique", "entreprise", "pseudonyme"})


class ContratInconnu(LookupError):  # noqa: N818 - named in French
    """No table of the lake has this name."""


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its type in the contract's words, its French title, who may see it.

    `type` is a key of TYPES, `classe` one of CLASSES; `nul` says whether a value may be missing.
    """

    nom: str
    type: str
    titre: str
    classe: str = "publique"
    nul: bool = False


@dataclass(frozen=True, slots=True)
class Contrat:
    """A table of the lake: `cle` is its key and the order of its rows, `colonnes` their order.

    `partition` names the columns by which it is rewritten; `publie` says whether the reporting
    layer may show it; `suit` is the table whose published keys it follows, when it is written
    before they are published.
    """

    nom: str
    titre: str
    publie: bool
    partition: tuple[str, ...]
    cle: tuple[str, ...]
    colonnes: tuple[Colonne, ...]
    suit: str | None = None


@cache
def contrats() -> Mapping[str, Contrat]:
    """Every contract by table name, in the order of the files."""
    return MappingProxyType(
        {nom: _parse_contrat(nom, entree) for nom, entree in read_sujets(__name__).items()}
    )


def read_contrat(nom: str) -> Contrat:
    """Contract of the table `nom`; ContratInconnu when there is none."""
    if nom not in contrats():
        raise ContratInconnu(f"table inconnue : {nom}")
    return contrats()[nom]


def columns_of(nom: str) -> list[str]:
    """Names of the columns of the table `nom`, in the contract's order."""
    return [colonne.nom for colonne in read_contrat(nom).colonnes]


def schema_polars(contrat: Contrat) -> pl.Schema:
    """Columns of the table with their Polars types, in the contract's order."""
    return pl.Schema({colonne.nom: TYPES[colonne.type] for colonne in contrat.colonnes})


def _parse_contrat(nom: str, entree: dict[str, Any]) -> Contrat:
    colonnes = tuple(Colonne(nom=c, **champs) for c, champs in entree["colonnes"].items())
    return Contrat(
        nom=nom,
        titre=entree["titre"],
        publie=entree["publie"],
        partition=tuple(entree["partition"]),
        cle=tuple(entree["cle"]),
        colonnes=colonnes,
        suit=entree.get("suit"),
    )
