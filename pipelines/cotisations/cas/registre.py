"""What a case says of the registry: activity, parameters, adhesions, payment groups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.registre import ADHERENTS, ADHESIONS, GROUPES, PARAMETRES, Registre

SIRET, CDG, ADHERENT, OUVERTURE = "80000001000010", "C8000101", "A80001", date(2015, 1, 1)
TABLES: Mapping[str, pl.Schema] = {
    "adherents": ADHERENTS,
    "parametres_cdg": PARAMETRES,
    "adhesions": ADHESIONS,
    "groupes_paiement": GROUPES,
}
CHAMPS_REGISTRE = tuple(TABLES)
DEFAUTS: Mapping[str, str | date] = {
    "siren": SIRET[:9],
    "cdg": CDG,
    "debut": OUVERTURE,
    "cotisation": "FNTP",
    "parametre": "refaction_ppm",
}
FACULTATIFS = frozenset({"fin", "debut_activite", "fin_activite", "suivi_depuis"})
GENRES: Mapping[pl.DataType, type] = {pl.String(): str, pl.Date(): date, pl.Int64(): int}


def parse_registre(champs: Champs, etablissements: pl.DataFrame) -> Registre:
    """The registry of a case, beside its establishments."""
    frames = [
        pl.DataFrame([_parse(c, schema) for c in champs.children(table)], schema, orient="row")
        for table, schema in TABLES.items()
    ]
    return Registre(etablissements, *frames)


def _parse(champs: Champs, schema: pl.Schema) -> dict[str, Any]:
    champs.check_names(schema.names())
    return {nom: _read(champs, nom, GENRES[type_]) for nom, type_ in schema.items()}


def _read(champs: Champs, nom: str, genre: type) -> object:
    if nom in FACULTATIFS:
        return champs.read_optional(nom, genre)
    return champs.read(nom, genre, DEFAUTS.get(nom))
