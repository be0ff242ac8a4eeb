"""Whether the holder of an account bears the name of the employee (L-45).

Compared on letters alone: case, accents, marks and order are left out. The surname, of birth or
usual, and the first name are both there, each as whole words of the holder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import combinations

LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE", "ß": "SS"})
Noms = tuple[str | None, str | None, str | None]  # surname of birth, usual surname, first names


def is_titulaire(titulaire: str, connus: Iterable[Noms]) -> bool:
    """Whether the holder is the employee, under one of the names that the fund knows.

    >>> is_titulaire("M OU MME PAUL D'HÉROUVILLE", [("Dherouville", None, "Paul, Marie")])
    True
    >>> is_titulaire("MME PAULINE DURAND", [("Durand", "Petit", "Paul")])
    False
    """
    mots = split_words(titulaire)
    return any(
        _holds(mots, _first(prenoms)) and any(_holds(mots, nom) for nom in (naissance, usage))
        for naissance, usage, prenoms in connus
    )


def split_words(texte: str) -> list[str]:
    """The words of a text in plain capital letters."""
    lettres = unicodedata.normalize("NFKD", texte.upper().translate(LIGATURES))
    return re.findall("[A-Z]+", "".join(c for c in lettres if not unicodedata.combining(c)))


def _first(prenoms: str | None) -> str | None:
    """The first of the first names: they are set apart by a blank or a comma."""
    return next(iter(re.split(r"[ ,]+", prenoms.strip())), None) if prenoms else None


def _holds(mots: Sequence[str], nom: str | None) -> bool:
    """Whether neighbouring words spell a name, wherever it is cut: O'CONNOR is OCONNOR."""
    voulu = "".join(split_words(nom or ""))
    bornes = combinations(range(len(mots) + 1), 2)
    return bool(voulu) and any("".join(mots[debut:fin]) == voulu for debut, fin in bornes)
