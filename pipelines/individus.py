"""The individuals of a DSN, as every extraction knows them.

Source: block S21.G00.30.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from specs.contrats import read_contrat, schema_polars

DECLARATION = ["fichier", "rang_declaration"]
INDIVIDU = [*DECLARATION, "rang_individu"]
Blocs = Mapping[str, pl.DataFrame]
Types = Mapping[str, pl.DataType]
REPERES: Types = {
    "fichier": pl.UInt32(),
    "rang_declaration": pl.Int64(),
    "rang_individu": pl.Int64(),
    "ligne": pl.Int64(),
    "occurrence": pl.Int64(),
    "parent": pl.Int64(),
}
# What identifies an individual: the NIR, else the temporary number.
NUMEROS: Types = {"S21.G00.30.001": pl.String(), "S21.G00.30.020": pl.String()}
# A NIR, with or without its key, written where a company chooses what it writes.
NIR = r"\b[12]\d{2}(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)(?:0[1-9]|[1-9]\d|2A|2B)\d{6}(?:\d{2})?\b"
MASQUE = "*************"


# What the caller knows of a row that is read.
AJOUTEES = frozenset({"lot", "depot", "siren"})


def schema_lue(table: str, *voilees: str) -> pl.Schema:
    """Columns that an extraction gives to `table`: those of its contract as they are read.

    `voilees`: pseudonyms, which stand there for what is in clear; `identifiant` is always.
    """
    dites = schema_polars(read_contrat(table))
    for nom in (*AJOUTEES, "salarie", *voilees):
        del dites[nom]
    return pl.Schema({"fichier": pl.UInt32(), "identifiant": pl.String(), **dites})


def with_places(schema: pl.Schema) -> pl.Schema:
    """The same columns, and where the block stands: `occurrence`, `parent`."""
    return pl.Schema({"occurrence": pl.Int64(), "parent": pl.Int64(), **schema})


def find_bloc(blocs: Blocs, bloc: str, types: Types) -> pl.DataFrame:
    """A block, without any row when what is read lacks it: no file stops the night.

    `types`: the rubrics that are read of it.
    """
    return blocs[bloc] if bloc in blocs else pl.DataFrame(schema={**REPERES, **types})


def as_rows(bloc: pl.DataFrame, rubriques: Mapping[str, str], schema: pl.Schema) -> pl.DataFrame:
    """Rows of a block in the columns of `schema`: its places, `rubriques`, else null."""
    return bloc.select(
        pl.col(rubriques[nom]).alias(nom)
        if nom in rubriques
        else pl.col(nom)
        if nom in REPERES
        else pl.lit(None, type_).alias(nom)
        for nom, type_ in schema.items()
    )


def compute_identifiants(blocs: Blocs) -> pl.DataFrame:
    """The number of each individual, `identifiant`, with INDIVIDU.

    The caller replaces it by a pseudonym.
    """
    individus = find_bloc(blocs, "S21.G00.30", NUMEROS)
    return individus.select(*INDIVIDU, identifiant=pl.coalesce(*NUMEROS))


def without_nir(texte: pl.Expr) -> pl.Expr:
    """A number that a company chooses (contract, employee), where a NIR that it holds is masked."""
    return texte.str.replace_all(NIR, MASQUE)
