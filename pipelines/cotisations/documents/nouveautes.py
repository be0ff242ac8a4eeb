"""The new calls of tonight, and what tells of them: rows of the lake."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from specs.contrats import PART
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


def read_nouveautes(maison: Maison, choisis: pl.Expr | None = None) -> Nouveautes:
    """Calls of the lake, those that no publication holds yet, and the lines that they follow.

    `choisis`: these new calls alone.
    """
    appels = maison.lac.read("appels").collect()
    deja = read_table_publiee(maison, "appels").select("appel").collect()
    nouveaux = appels.join(deja, on="appel", how="anti")
    if choisis is not None:
        nouveaux = nouveaux.filter(choisis)
    return Nouveautes(appels, nouveaux, read_told(maison, "lignes_appel", nouveaux))


def read_told(maison: Maison, table: str, nouveaux: pl.DataFrame) -> pl.DataFrame:
    """Rows of the centres and months of new calls: a year of them is never held."""
    vises = nouveaux.lazy().select("cdg", "mois_appel").unique()
    # A centre is of one company: what tells of it stands in the shard of its calls.
    siennes = maison.lac.read(table).filter(pl.col(PART).is_in(nouveaux[PART].unique().implode()))
    return siennes.join(vises, on=["cdg", "mois_appel"], how="semi").collect()
