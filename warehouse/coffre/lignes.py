"""Rows of the lake whose identity is sealed: NIR, names, accounts, as the contracts class them.

The columns of class `identite` of a row are written as one, `coffre`: sealed for the table and the
key of the row, the same each time (a night played again writes the same bytes). The others, which
rows are filtered and joined by, stay as they are. Rows of before have their columns in clear.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial

import polars as pl

from specs.contrats import Contrat, schema_polars
from warehouse.coffre.trousseau import OCTETS_NOM, Trousseau
from warehouse.coffre.valeurs import Sceau, Sceaux

COLONNE = "coffre"
CLASSE = "identite"
SEPARATEUR = "\x1f"  # between the values of a key; no text that is read has it


@cache
def list_scellees(contrat: Contrat) -> tuple[str, ...]:
    """Columns of a table that are sealed."""
    return tuple(c.nom for c in contrat.colonnes if c.classe == CLASSE)


def seal_lignes(contrat: Contrat, frame: pl.DataFrame, trousseau: Trousseau) -> pl.DataFrame:
    """Rows as they are to be written: those of a table that has no identity are as they came.

    Without a key, what has one is written in clear.
    """
    scellees, cle = list_scellees(contrat), trousseau.courante
    if not scellees or cle is None:
        return frame
    seal = Sceau(cle).seal_same
    clairs, lieux = (frame.select(e).to_series() for e in (_identite(contrat), _lieu(contrat)))
    scelles = [
        seal(clair.encode(), lieu.encode()) for clair, lieu in zip(clairs, lieux, strict=True)
    ]
    return frame.drop(scellees).with_columns(pl.Series(COLONNE, scelles, pl.Binary))


def open_lignes(
    contrat: Contrat, lues: pl.LazyFrame, presentes: Collection[str], trousseau: Trousseau
) -> pl.LazyFrame:
    """Rows as they were written, their identity opened when it is asked for.

    `presentes`: the columns that they have. Reading an identity raises CoffreFerme, SceauRompu.
    """
    scellees = list_scellees(contrat)
    if not scellees or COLONNE not in presentes:
        return lues
    ouvre = pl.struct(COLONNE, lieu=_lieu(contrat)).map_batches(
        partial(_open, Sceaux(trousseau).open, _type(contrat)),
        return_dtype=_type(contrat),
        is_elementwise=True,
    )
    dites = {nom: pl.col(COLONNE).struct.field(nom) for nom in scellees}
    return lues.with_columns(ouvre.alias(COLONNE)).with_columns(
        **{n: pl.coalesce(dite, n) if n in presentes else dite for n, dite in dites.items()}
    )


def name_cles(presentes: Collection[str]) -> pl.Expr:
    """Name of the key of each row as it was written, null in clear."""
    return pl.col(COLONNE).bin.head(OCTETS_NOM) if COLONNE in presentes else pl.lit(None, pl.Binary)


def name_courante(trousseau: Trousseau) -> bytes | None:
    """Name of the key that rows are written with, None in clear."""
    return None if trousseau.courante is None else trousseau.courante.nom


def _open(ouvre: Callable[[bytes, bytes], bytes], dtype: pl.Struct, lignes: pl.Series) -> pl.Series:
    frame = lignes.struct.unnest()
    clairs = [
        None if scelle is None else ouvre(scelle, lieu.encode()).decode()
        for scelle, lieu in zip(frame[COLONNE], frame["lieu"], strict=True)
    ]
    return pl.Series(COLONNE, clairs, pl.String).str.json_decode(dtype)


def _identite(contrat: Contrat) -> pl.Expr:
    return pl.struct(list_scellees(contrat)).struct.json_encode()


def _lieu(contrat: Contrat) -> pl.Expr:
    """Where a row stands, as one text: its table, its key."""
    cle = (pl.col(nom).cast(pl.String) for nom in contrat.cle)
    return pl.concat_str(pl.lit(contrat.nom), *cle, separator=SEPARATEUR)


@cache
def _type(contrat: Contrat) -> pl.Struct:
    schema = schema_polars(contrat)
    return pl.Struct({nom: schema[nom] for nom in list_scellees(contrat)})
