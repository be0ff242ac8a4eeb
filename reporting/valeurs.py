"""A value of a published table as a reader sees it, by the type of its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from specs.contrats import Colonne
from specs.montants import round_half_away
from specs.typographie import (
    format_entier,
    format_instant_court,
    format_jour,
    format_mois,
    format_montant,
    format_taux,
)


def format_valeur(valeur: object, nature: str) -> str:
    """Write a value of a table; ``nature`` is that of its column (`nature_of`).

    An absent value is an empty text.
    """
    match valeur:
        case None:
            return ""
        case bool():
            return "oui" if valeur else "non"
        case int():
            return _ENTIERS.get(nature, format_entier)(valeur)
        case date():
            return format_jour(valeur)
        case _:
            return str(valeur)


# A length of time of leave, of which the contracts keep fractions of a month.
FRACTIONS, FRACTIONS_PAR_MOIS, CENT = "_fractions", 7_020_000, 100
UNITE_FRACTIONS = " (1/7 020 000 de mois)"
PRECISION = re.compile(r" \([^()]*\)$")
# A number that counts nothing: 2026, never 2 026.
ANNEE, ANNEES = "annee", frozenset({"annee", "exercice"})
NOMBRES = frozenset({"entier", "centimes", "ppm", "centiemes"})
# Hundredths (of an hour) are written like cents.
_ENTIERS: dict[str, Callable[[int], str]] = {
    "centimes": format_montant,
    "ppm": format_taux,
    "centiemes": format_montant,
    ANNEE: str,
}


def nature_of(colonne: Colonne) -> str:
    """How its values are written: the type of its contract, or ANNEE."""
    return ANNEE if colonne.nom in ANNEES else colonne.type


@dataclass(frozen=True, slots=True)
class Cellule:
    """A value as it is read; `nombre`: it is one, on the right of its column."""

    colonne: Colonne
    texte: str
    nombre: bool


def write_cellules(ligne: Mapping[str, Any], colonnes: Iterable[Colonne]) -> Iterator[Cellule]:
    """Values in French: the meaning of a code, a month in words, an instant in Paris."""
    for colonne in colonnes:
        valeur = ligne[colonne.nom]
        nombre = isinstance(valeur, int) and not isinstance(valeur, (bool, date))
        yield Cellule(colonne, _write(valeur, colonne), nombre)


def _write(valeur: object, colonne: Colonne) -> str:
    if isinstance(valeur, str):
        if colonne.valeurs:
            return colonne.valeurs.get(valeur, valeur)
        if colonne.type == "mois":
            return format_mois(valeur)
        if colonne.nom.endswith("_le") and "T" in valeur:
            return format_instant_court(valeur)
    if isinstance(valeur, int) and colonne.nom.endswith(FRACTIONS):
        return f"{format_montant(round_half_away(valeur * CENT, FRACTIONS_PAR_MOIS))}\u202fmois"
    texte = format_valeur(valeur, nature_of(colonne))
    return f"{texte}\u00a0€" if colonne.type == "centimes" and texte else texte


def is_nombre(colonne: Colonne) -> bool:
    """Whether its values are figures, on the right of their column."""
    return colonne.type in NOMBRES


def write_intitule_court(titre: str) -> str:
    """The same without what brackets make precise, at the head of a narrow column.

    >>> write_intitule_court("centre de gestion (vide pour les comptes de la caisse)")
    'Centre de gestion'
    """
    return PRECISION.sub("", write_intitule(titre))


def write_intitule(titre: str) -> str:
    """The title of a column at the head of a table; instants are shown in Paris time.

    >>> write_intitule("instant de réception (UTC)")
    'Instant de réception (heure de Paris)'
    """
    dit = f"{titre[:1].upper()}{titre[1:]}".replace(UNITE_FRACTIONS, "")
    return dit.replace("(UTC)", "(heure de Paris)")
