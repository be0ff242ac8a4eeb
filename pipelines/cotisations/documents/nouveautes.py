"""The new calls of tonight, and what tells of them: rows of the lake."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from warehouse.maison import Maison
from warehouse.publications import read_table_publiee


@dataclass(frozen=True, slots=True)
class Nouveautes:
    """Contracts `appels` (every call, and the `nouveaux`) and `lignes_appel`.

    `lignes`: those of the centres and months that a new call is about, former calls' too.
    """

    appels: pl.DataFrame
    nouveaux: pl.DataFrame
    lignes: pl.DataFrame


def read_nouveautes(maison: Maison) -> Nouveautes:
    """Calls of the lake, those that no publication holds yet, and the lines that they follow."""
    appels = maison.lac.read("appels").collect()
    deja = read_table_publiee(maison, "appels").select("appel").collect()
    nouveaux = appels.join(deja, on="appel", how="anti")
    return Nouveautes(appels, nouveaux, read_told(maison, "lignes_appel", nouveaux))


def read_told(maison: Maison, table: str, nouveaux: pl.DataFrame) -> pl.DataFrame:
    """Rows of the centres and months of new calls: a year of them is never held."""
    vises = nouveaux.lazy().select("cdg", "mois_appel").unique()
    return maison.lac.read(table).join(vises, on=["cdg", "mois_appel"], how="semi").collect()
