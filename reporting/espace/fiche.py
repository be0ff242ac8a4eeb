"""One row of a table, whole, and what it leads to: down to the lines of the DSN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from reporting.demande import Introuvable
from reporting.espace.droits import Acces
from reporting.espace.lecture import (
    DEPOTS,
    Tables,
    describe_table,
    read_tables_of,
    scan_in,
    scan_siennes,
)
from reporting.espace.visiteur import ABSENT
from specs.contrats import PLACES, Colonne, Contrat, read_contrat
from specs.espace import Table, find_table
from warehouse.maison import Maison

LIGNES = 12


@dataclass(frozen=True, slots=True)
class Suite:
    """Rows of another table that have the same values: `filtres`, by column, reads them all."""

    table: Table
    colonnes: Sequence[Colonne]
    lignes: pl.DataFrame
    nombre: int
    filtres: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fiche:
    """A row: its columns in the order of the contract, its values, where it leads."""

    table: Table
    contrat: Contrat
    valeurs: Mapping[str, Any]
    suites: Sequence[Suite]


def list_cle(table: Table) -> list[str]:
    """Columns of the key of a row, as its address names them."""
    return [nom for nom in read_contrat(table.nom).cle if nom not in PLACES]


def name_valeur(valeur: object) -> str:
    """A value of a key, as the address of its row writes it; none is an empty text."""
    return "" if valeur is None else str(valeur)


def read_fiche(maison: Maison, acces: Acces, table: Table, cle: Sequence[str]) -> Fiche:
    """The row of this key and where it leads; see `read_ligne`."""
    valeurs = read_ligne(maison, acces, table, cle)
    # What is about files asks which deposits are read: they are read once.
    de_fichiers = any(find_table(nom).selon for nom in table.suites)
    tables = read_tables_of(maison, [acces], [DEPOTS] if de_fichiers else [])
    suites = list(_list_suites(tables, acces, table, valeurs))
    return Fiche(table, describe_table(table), valeurs, suites)


def read_ligne(maison: Maison, acces: Acces, table: Table, cle: Sequence[str]) -> Mapping[str, Any]:
    """The row of this key; Introuvable when the user reads none.

    `cle`: values as texts, in the order of `list_cle`.
    """
    noms = list_cle(table)
    if len(cle) != len(noms):
        raise Introuvable(ABSENT)
    lignes = scan_siennes(maison, acces, table)
    for nom, texte in zip(noms, cle, strict=True):
        lignes = lignes.filter(pl.col(nom).cast(pl.String).fill_null("") == texte)
    trouvees = lignes.collect().to_dicts()
    if not trouvees:
        raise Introuvable(ABSENT)
    return trouvees[0]


def _list_suites(
    tables: Tables, acces: Acces, table: Table, valeurs: Mapping[str, Any]
) -> Iterator[Suite]:
    for nom, communes in table.suites.items():
        suivante = find_table(nom)
        filtres = {colonne: valeurs[colonne] for colonne in communes}
        if not acces.can_read(suivante) or None in filtres.values():
            continue
        lues = scan_in(tables, acces, suivante).filter(**filtres).collect()
        if lues.is_empty():
            continue
        contrat = describe_table(suivante)
        # What they have in common with the row is said once, above them.
        autres = [nom for nom in suivante.colonnes if nom not in communes] or suivante.colonnes
        vues = [c for nom in autres for c in contrat.colonnes if c.nom == nom]
        triees = lues.sort([suivante.tri, *list_cle(suivante)])
        yield Suite(suivante, vues, triees.head(LIGNES), lues.height, filtres)
