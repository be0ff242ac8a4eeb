"""What every explanation says: where it was read, what it answers, what is not found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Ecart:
    """A figure that, computed again, is not the published one (None: it cannot be computed)."""

    objet: str
    quoi: str
    recalcule: int | None
    publie: int


@dataclass(frozen=True, slots=True)
class Publiee:
    """The publication that is read; `specs` and `code`: what computed it, when the journal knows.

    `specs_actuelles`: fingerprint of the knowledge that this explanation cites.
    """

    numero: int
    date_arrete: date
    publie_le: str
    specs: str | None
    code: str | None
    specs_actuelles: str


@dataclass(frozen=True, slots=True)
class Explication:
    """Why an amount is what it is, as sentences and as an object (docs/expliquer.md)."""

    phrases: tuple[str, ...]
    objet: Mapping[str, Any]
    ecarts: tuple[Ecart, ...]


Rangee = dict[str, Any]
LigneVoulue = tuple[str, str]  # month of attachment, contribution
