"""What the documents of the declarations contain: the bases of the employees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.editique.valeurs import Entreprise


@dataclass(frozen=True, slots=True)
class EtatBases:
    """Bases of each employee from 1 April to 31 March (`exercice`: `2025-26`).

    Rows of the tables of `specs/documents/bases.yaml`, in their columns (see `etats_bases`); an
    employee is known by its pseudonym and by the contract numbers of its employer.
    """

    entreprise: Entreprise
    exercice: str
    lignes: Sequence[tuple[str | int | date | None, ...]]
    mois: Sequence[tuple[str | int | date | None, ...]]
    salaries: Sequence[tuple[str | int | date | None, ...]]
    date_arrete: date
    publication: int
