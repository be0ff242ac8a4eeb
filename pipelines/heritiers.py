"""Heirs of a deceased employee, as officers decided: who is paid his leave, and on which account.

The accounts are those of the registry, which alone holds their IBAN. The last decision about a
request tells the accounts; the shares of what is already due stay. Source: Code du travail,
L3141-28; choice L-46.
"""

from __future__ import annotations

import json

import polars as pl
from sqlalchemy import Connection

from specs.contrats import codes_of
from warehouse.decisions import read_en_vigueur

(HERITIERS,) = codes_of("decisions", "nature", "HERITIERS_CONGES")
SCHEMA = pl.Schema(
    {"siren": pl.String, "demande": pl.String, "rang": pl.Int64, "compte": pl.String}
    | {"part_ppm": pl.Int64, "effet": pl.Date}
)


def read_heritiers(c: Connection, derniere: int | None) -> pl.DataFrame:
    """SCHEMA, by key (siren, demande, rang from 1), after the decision `derniere` (None: all)."""
    prises = read_en_vigueur(c, derniere).filter(nature=HERITIERS)
    lignes = [
        (siren, dit["demande"], numero, rang, heritier["compte"], heritier["part_ppm"], effet)
        for siren, numero, contenu, effet in prises.select(
            "siren", "numero", "contenu", "date_effet"
        ).iter_rows()
        for dit in (json.loads(contenu),)
        for rang, heritier in enumerate(dit["heritiers"], 1)
    ]
    schema = {"siren": pl.String, "demande": pl.String, "numero": pl.Int64} | dict(SCHEMA)
    dits = pl.DataFrame(lignes, schema, orient="row")
    derniers = pl.col("numero") == pl.col("numero").max().over("siren", "demande")
    return dits.filter(derniers).select(SCHEMA.names()).sort("siren", "demande", "rang")
