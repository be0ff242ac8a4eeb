"""Addresses of the lists and rows: what is asked is in them, so that they can be kept and sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import polars as pl

from reporting.espace.fiche import list_cle, name_valeur
from reporting.espace.lecture import Demande
from reporting.valeurs import Cellule, write_cellules
from specs.contrats import Colonne
from specs.espace import Table

EMIS = "fichiers_emis"


@dataclass(frozen=True, slots=True)
class Adresse:
    """The address of a list as it is asked, and of the lists beside it."""

    siren: str
    table: Table
    demande: Demande

    @property
    def courante(self) -> str:
        """The same list, page included."""
        return self._write(self.demande)

    def page(self, numero: int) -> str:
        """Another page of it."""
        return self._write(replace(self.demande, page=numero))

    def sort(self, colonne: str) -> str:
        """The same by a column; the other way when it is by it already."""
        tri = self.demande.tri or self.table.tri
        sens = self.table.descendant if self.demande.descendant is None else self.demande.descendant
        return self._write(
            replace(
                self.demande, tri=colonne, descendant=not sens if colonne == tri else False, page=1
            )
        )

    def without(self, colonne: str) -> str:
        """The same without a filter."""
        filtres = {n: v for n, v in self.demande.filtres.items() if n != colonne}
        return self._write(replace(self.demande, filtres=filtres, page=1))

    def download(self, forme: str) -> str:
        """All its rows as a file."""
        return self._write(replace(self.demande, page=1), f".{forme}")

    def _write(self, demande: Demande, forme: str = "") -> str:
        demandes: list[tuple[str, str]] = []
        if demande.cherche:
            demandes.append(("q", demande.cherche))
        demandes += [("ou", f"{nom}={valeur}") for nom, valeur in demande.filtres.items()]
        demandes += [("colonne", nom) for nom in demande.colonnes]
        if demande.tri is not None:
            demandes.append(("tri", demande.tri))
        if demande.descendant is not None:
            demandes.append(("sens", "descendant" if demande.descendant else "croissant"))
        if (demande.page or 1) > 1:
            demandes.append(("page", str(demande.page)))
        chemin = f"/e/{self.siren}/liste/{self.table.nom}{forme}"
        return f"{chemin}?{urlencode(demandes)}" if demandes else chemin


@dataclass(frozen=True, slots=True)
class Rangee:
    """A row: the address of its page and of its document, None when it has none; its cells."""

    fiche: str | None
    document: str | None
    cellules: Sequence[Cellule]


def name_fiche(siren: str, table: Table, cle: Sequence[str]) -> str:
    """The address of the page of a row."""
    valeurs = [("cle", valeur) for valeur in cle]
    return f"/e/{siren}/fiche/{table.nom}?{urlencode(valeurs)}"


def list_rangees(
    siren: str, table: Table, lignes: pl.DataFrame, colonnes: Sequence[Colonne]
) -> Iterator[Rangee]:
    """The rows of a list as they are shown."""
    cle = list_cle(table)
    for ligne in lignes.iter_rows(named=True):
        yield Rangee(
            name_fiche(siren, table, [name_valeur(ligne[nom]) for nom in cle]),
            f"/e/{siren}/document/{quote(ligne['nom'])}" if table.nom == EMIS else None,
            list(write_cellules(ligne, colonnes)),
        )
