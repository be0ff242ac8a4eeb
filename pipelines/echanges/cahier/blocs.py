"""What the specification is made of, whatever draws it: sections, texts, lists, tables.

A text is a row of fragments; nothing in a fragment is markup. An anchor is what a link goes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CODE, FORT = "code", "fort"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters of one style (`CODE`, `FORT` or none), `lien`: the anchor that they go to."""

    texte: str
    style: str = ""
    lien: str = ""


Texte = tuple[Fragment, ...]
Cellule = tuple[Texte, ...]  # one text a line


@dataclass(frozen=True, slots=True)
class Paragraphe:
    """A text; `note`: set apart from the others."""

    texte: Texte
    note: bool = False
    bloc: str = "paragraphe"


@dataclass(frozen=True, slots=True)
class Liste:
    """Texts one below the other, numbered or not."""

    textes: tuple[Texte, ...]
    numerotee: bool = False
    bloc: str = "liste"


@dataclass(frozen=True, slots=True)
class Extrait:
    """Lines of a file, in fixed width, as they are; `titre` names them."""

    titre: str
    lignes: str
    bloc: str = "extrait"


@dataclass(frozen=True, slots=True)
class Colonne:
    """Title of a column; `largeur`: millimetres, 0: what its cells need, negative: a share."""

    titre: str
    largeur: int = 0


@dataclass(frozen=True, slots=True)
class Ligne:
    """Cells of a row, in the order of the columns."""

    cellules: tuple[Cellule, ...]
    ancre: str = ""


@dataclass(frozen=True, slots=True)
class Tableau:
    """A table: the first cell of a row names it."""

    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[Ligne, ...]
    bloc: str = "tableau"


Bloc = Paragraphe | Liste | Extrait | Tableau


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it; chapters are of level 1."""

    ancre: str
    numero: str
    titre: str
    blocs: tuple[Bloc, ...]

    @property
    def niveau(self) -> int:
        """1 for a chapter."""
        return self.numero.count(".") + 1


@dataclass(frozen=True, slots=True)
class Cahier:
    """The whole specification; `jour` is that of its last change."""

    titre: str
    version: str
    jour: date
    sections: tuple[Section, ...]
