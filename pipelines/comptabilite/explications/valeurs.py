"""What an explanation of the accounts says: an entry of the ledger, what it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.explications.valeurs import Ecart

Rangee = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origine:
    """The published row that makes an entry: its table, itself, the rows that detail it.

    `details`: name of a table (or `majorations`: parts of a late increase) to its rows.
    """

    table: str
    rangee: Rangee
    details: Mapping[str, tuple[Rangee, ...]]


@dataclass(frozen=True, slots=True)
class EcriturePrecedente:
    """A former entry of the same piece: what it brought to the members' account."""

    ecriture: str
    date_comptable: date
    adherents_centimes: int


@dataclass(frozen=True, slots=True)
class EcritureExpliquee:
    """An entry: `lignes` are its rows in `ecritures`, with `compte_libelle`.

    An entry brings a piece (journal and origin) from what `precedentes` made it to what it must be.
    """

    ecriture: str
    journal: str
    siren: str
    adherent: str
    date_comptable: date
    date_valeur: date
    libelle: str
    origine: Origine | None
    lignes: tuple[Rangee, ...]
    adherents_centimes: int
    precedentes: tuple[EcriturePrecedente, ...]
    ecarts: tuple[Ecart, ...]


@dataclass(frozen=True, slots=True)
class PieceExpliquee:
    """A payment, a debit, a certificate: its row, and the entries that bear it."""

    identifiant: str
    nature: str
    origine: Origine
    ecritures: tuple[EcriturePrecedente, ...]
    ecarts: tuple[Ecart, ...]
