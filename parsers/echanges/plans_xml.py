"""How the elements of a file are read into rows, record by record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parsers.echanges.pieces_xml import Racine
from parsers.echanges.valeurs_xml import list_elements
from parsers.echanges.zones import colonne_of, schema_of
from specs.echanges import Enregistrement, Genre


@dataclass(frozen=True, slots=True)
class Plan:
    """How the children of a record are read: places of its fields in a row, records that it holds.

    `liens`: place of each link, and that of the same field in the row of the holder.
    """

    enregistrement: Enregistrement
    schema: pl.Schema
    places: Mapping[str, int]
    portes: Mapping[str, str]
    liens: tuple[tuple[int, int], ...]


def build_plan(genre: Genre, enregistrement: Enregistrement, racine: Racine) -> Plan:
    """The plan of a record of a kind; elements are those of the namespace of the root."""
    colonnes = schema_of(enregistrement).names()
    porteur = genre.enregistrements.get(enregistrement.dans)
    de_lui = schema_of(porteur).names() if porteur else []
    liens = [lien.lower() for lien in enregistrement.liens]
    return Plan(
        enregistrement,
        schema_of(enregistrement),
        {
            racine.tag(colonne_of(c)): colonnes.index(colonne_of(c))
            for c in list_elements(enregistrement)
        },
        {racine.tag(e.element): e.code for e in genre.details if e.dans == enregistrement.code},
        tuple((colonnes.index(lien), de_lui.index(lien)) for lien in liens),
    )
