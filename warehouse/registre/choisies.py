"""Some rows of the registry, as they stand: whatever the size of the fund, no other is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from warehouse.registre.versions import at


def read_choisies(
    c: Connection, table: Table, colonne: str, valeurs: Collection[str], *noms: str
) -> list[Mapping[str, Any]]:
    """The columns `noms` of the rows whose `colonne` has one of these values, in any order."""
    lignes = at(table).c
    requete = select(*(lignes[nom] for nom in noms)).where(lignes[colonne].in_(sorted(valeurs)))
    return [dict(ligne) for ligne in c.execute(requete).mappings()]


def read_en_cours(
    c: Connection, table: Table, colonne: str, valeur: str, jour: date, *noms: str
) -> Iterator[Mapping[str, Any]]:
    """The same of one value, for a table of periods: those that hold on a day."""
    for ligne in read_choisies(c, table, colonne, {valeur}, "debut", "fin", *noms):
        if ligne["debut"] <= jour and (ligne["fin"] is None or jour <= ligne["fin"]):
            yield ligne
