"""A document as tables, in the columns of `specs/documents`: what CSV and workbook both write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipelines.editique.valeurs import Entreprise
from specs.documents import Modele, Table, read_modeles

Cellule = str | int | date | None


@dataclass(frozen=True, slots=True)
class Tableau:
    """Rows of a table, in the order of its columns; `total` gives the cells of a last row."""

    table: Table
    lignes: Sequence[Sequence[Cellule]]
    total: Mapping[str, Cellule] = field(default_factory=dict)

    @property
    def ligne_total(self) -> list[Cellule]:
        """The row « Total », empty where nothing is summed; no cell at all without a total."""
        if not self.total:
            return []
        return ["Total", *(self.total.get(nom) for nom in self.table.noms[1:])]


@dataclass(frozen=True, slots=True)
class Tableaux:
    """The tables of a document, in the order of its layout, and what identifies it."""

    modele: Modele
    identite: tuple[tuple[str, str], ...]
    tableaux: tuple[Tableau, ...]
    date_arrete: date
    publication: int


def identify(entreprise: Entreprise) -> tuple[tuple[str, str], ...]:
    """Whom a document is for, in words."""
    return (
        ("Raison sociale", entreprise.raison_sociale),
        ("Adhérent", entreprise.adherent),
        ("SIREN", entreprise.siren),
        ("Centre de gestion", entreprise.cdg or "toute l'entreprise"),
    )


def compose_tableau(
    modele: str,
    table: str,
    lignes: Iterable[Mapping[str, Cellule]],
    total: Mapping[str, Cellule] | None = None,
) -> Tableau:
    """Rows given by name of column; KeyError when a column is missing."""
    disposition = read_modeles()[modele].tables[table]
    noms = disposition.noms
    rangees = [tuple(ligne[nom] for nom in noms) for ligne in lignes]
    return Tableau(disposition, rangees, total or {})
