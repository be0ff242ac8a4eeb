"""Checks that a frame keeps the contract of its table, before it is written.

One expression, generated from `specs.contrats`, tells a frame that keeps it; what another one
breaks is told by pandera, which looks a column at a time. They need a DataFrame: on a LazyFrame
pandera looks at the schema only and lets bad rows pass.

    check_contrat(read_contrat("appels"), frame)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from specs.contrats import Colonne, Contrat, schema_polars
from specs.typographie import format_compte

if TYPE_CHECKING:
    import pandera.errors
    import pandera.polars as pa

MOIS = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
# A name of several words, a NIR or an IBAN has not the form of a code: it is counted, not quoted.
FORME_DE_CODE = r"^[A-Za-z]+(_[A-Za-z0-9]+)*$"
CODES_CITES = 5


class ContratRompu(ValueError):  # noqa: N818 - named in French
    """A frame does not keep the contract of its table; the message names columns, not values."""


def check_contrat(contrat: Contrat, frame: pl.DataFrame) -> None:
    """Refuse a frame that breaks `contrat`; nothing is converted or repaired.

    Raises:
        ContratRompu: columns missing, unknown or out of order, another type, a missing value where
            one is due, a month that is not AAAA-MM, a code out of the closed list of its column,
            two rows with the same key.
        TypeError: `frame` is lazy.
    """
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("un DataFrame est attendu : un LazyFrame ne serait pas vérifié")
    if frame.schema == schema_polars(contrat) and frame.select(_kept(contrat)).item():
        return
    import pandera.errors

    try:
        _schema_pandera(contrat).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as erreurs:
        # Not chained: pandera's message quotes values, which may be personal.
        raise ContratRompu(f"table {contrat.nom} : {_summary(erreurs)}") from None
    for colonne in contrat.colonnes:
        if colonne.valeurs:
            _check_valeurs(contrat, colonne, frame[colonne.nom])
    doublons = int(frame.select(contrat.cle).is_duplicated().sum())
    if doublons:
        raise ContratRompu(f"table {contrat.nom} : {doublons} lignes partagent une même clé")


@cache
def _kept(contrat: Contrat) -> pl.Expr:
    """Whether rows in the columns of the contract keep it: one value."""
    return pl.all_horizontal(*_list_promesses(contrat))


def _list_promesses(contrat: Contrat) -> Iterator[pl.Expr]:
    yield ~pl.struct(contrat.cle).is_duplicated().any()
    for colonne in contrat.colonnes:
        if not colonne.nul:
            yield pl.col(colonne.nom).null_count() == 0
        if colonne.type == "mois":
            yield pl.col(colonne.nom).str.contains(MOIS).all()
        if colonne.valeurs:
            yield pl.col(colonne.nom).is_in(list(colonne.valeurs)).all()


def _check_valeurs(contrat: Contrat, colonne: Colonne, valeurs: pl.Series) -> None:
    """ContratRompu when a value is not of the closed list: codes are quoted, the rest counted."""
    etrangeres = valeurs.drop_nulls().unique()
    etrangeres = etrangeres.filter(~etrangeres.is_in(list(colonne.valeurs))).sort()
    if etrangeres.is_empty():
        return
    codes = etrangeres.filter(etrangeres.str.contains(FORME_DE_CODE))[:CODES_CITES].to_list()
    tues = etrangeres.len() - len(codes)
    constat = ", ".join([*codes, *([format_compte(tues, "autre valeur")] if tues else [])])
    raise ContratRompu(
        f"table {contrat.nom} : la colonne {colonne.nom} n'admet pas {constat} ; "
        f"valeurs admises : {', '.join(colonne.valeurs)}"
    )


@cache
def _schema_pandera(contrat: Contrat) -> pa.DataFrameSchema:
    import pandera.polars as pa

    types = schema_polars(contrat)
    return pa.DataFrameSchema(
        {c.nom: _colonne_pandera(c, types[c.nom]) for c in contrat.colonnes},
        name=contrat.nom,
        strict=True,
        ordered=True,
        coerce=False,
    )


def _colonne_pandera(colonne: Colonne, type_polars: pl.DataType) -> pa.Column:
    import pandera.polars as pa

    checks = [pa.Check.str_matches(MOIS)] if colonne.type == "mois" else []
    return pa.Column(type_polars, checks=checks, nullable=colonne.nul, coerce=False)


def _summary(erreurs: pandera.errors.SchemaErrors) -> str:
    """What broke, as `column (check)`, without any value of the rows."""
    return ", ".join(sorted({_constat(erreur) for erreur in erreurs.schema_errors}))


def _constat(erreur: pandera.errors.SchemaError) -> str:
    code = erreur.reason_code.name if erreur.reason_code else "?"
    # The cases of these checks are names of columns; those of the others are values.
    sur_les_noms = code in {"COLUMN_NOT_IN_DATAFRAME", "COLUMN_NOT_IN_SCHEMA"}
    return f"{erreur.failure_cases if sur_les_noms else erreur.schema.name} ({code})"
