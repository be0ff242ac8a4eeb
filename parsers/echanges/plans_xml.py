"""How the elements of a file are read into rows, record by record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from parsers.echanges.pieces_xml import Racine
from parsers.echanges.valeurs_xml import list_elements
from parsers.echanges.zones import colonne_of, schema_of
from specs.echanges import CONTROLE, ENTETE, Enregistrement, Genre, read_genres

ESPACES = 64  # plans kept: a file may have any namespace


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


def build_plans(genre: Genre | None, racine: Racine) -> Mapping[str, Plan]:
    """The plans of the records of a kind by code, header and trailer first.

    Of these two alone when it is not known. Elements are those of the namespace of the root.
    """
    return _build_plans(genre.nom if genre else "", racine.espace)


@lru_cache(ESPACES)  # a small file costs less than its plans
def _build_plans(nom: str, espace: str) -> Mapping[str, Plan]:
    genre = read_genres().get(nom)
    decrit = genre or next(iter(read_genres().values()))
    racine = Racine("", espace, {})
    bords = (decrit.enregistrements[ENTETE], decrit.enregistrements[CONTROLE])
    suite = (*bords, *(genre.details if genre else ()))
    return MappingProxyType({e.code: _build_plan(decrit, e, racine) for e in suite})


def _build_plan(genre: Genre, enregistrement: Enregistrement, racine: Racine) -> Plan:
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
