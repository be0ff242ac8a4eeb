"""Layout of the documents that companies receive, as data: one table of columns for CSV and XLSX.

`python -m specs.documents` prints the page docs/documents.md.

    >>> read_modeles()["appel"].tables["lignes"].colonnes[-6].entete
    'Montant (€)'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from specs.fichiers import read_sujets

UNITES = {"centimes": "€", "ppm": "%", "centiemes": "h"}
TYPES = ("texte", "mois", "date", "entier", *UNITES)


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: what its cells hold (`type`, one of TYPES), its width in characters, its meaning.

    Cells hold integers in the unit of the type: centimes, parts per million, hundredths of an hour.
    """

    nom: str
    titre: str
    type: str
    largeur: int
    sens: str

    @property
    def entete(self) -> str:
        """Title of the column, with the unit that a reader sees."""
        unite = UNITES.get(self.type)
        return f"{self.titre} ({unite})" if unite else self.titre


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a document: a sheet of the workbook."""

    nom: str
    titre: str
    colonnes: tuple[Colonne, ...]

    @property
    def noms(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(colonne.nom for colonne in self.colonnes)


@dataclass(frozen=True, slots=True)
class Modele:
    """A document: its shapes and tables; the CSV holds the first one, the workbook all of them.

    `formes`: every shape; `nuit`: those handed over to the companies that a night touches;
    `cloture`: those handed over to all companies when a campaign is closed.
    """

    nom: str
    titre: str
    contenu: str
    fichier: str
    formes: tuple[str, ...]
    nuit: tuple[str, ...]
    cloture: tuple[str, ...]
    tables: Mapping[str, Table]


@cache
def read_modeles() -> Mapping[str, Modele]:
    """Every document by name, in the order of the files."""
    return MappingProxyType(
        {nom: _modele(nom, entree) for nom, entree in read_sujets(__name__).items()}
    )


def _modele(nom: str, entree: dict[str, Any]) -> Modele:
    return Modele(
        nom=nom,
        titre=entree["titre"],
        contenu=entree["contenu"],
        fichier=entree["fichier"],
        formes=tuple(entree["formes"]),
        nuit=tuple(entree.get("nuit", ())),
        cloture=tuple(entree.get("cloture", ())),
        tables=MappingProxyType({n: _table(n, t) for n, t in entree["tables"].items()}),
    )


def _table(nom: str, entree: dict[str, Any]) -> Table:
    colonnes = (Colonne(nom=n, **c) for n, c in entree["colonnes"].items())
    return Table(nom, entree["titre"], tuple(colonnes))
