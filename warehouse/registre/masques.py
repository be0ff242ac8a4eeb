"""What may be shown of the columns of the registry that hold an account or a person.

>>> mask_nom("MARTIN Camille"), mask_courriel("paie@routes.example")
('M… C…', 'p…@routes.example')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from warehouse.iban import mask_iban


def mask_nom(nom: str) -> str:
    """The first letter of each of its words."""
    return " ".join(f"{mot[0]}…" for mot in nom.split())


def mask_courriel(adresse: str) -> str:
    """Its first character and its domain."""
    return f"{adresse[:1]}…@{adresse.rpartition('@')[2]}"


MASQUES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"iban": mask_iban, "nom": mask_nom, "courriel": mask_courriel}
)
