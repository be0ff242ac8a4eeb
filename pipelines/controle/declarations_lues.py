"""The declarations of a DSN as they are read: one row each, whatever the fund makes of them.

Sources: blocks S10.G00.00, S20.G00.05, S21.G00.06, S21.G00.11.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

DECLARATION = ["fichier", "rang_declaration"]
TETES = ("S10.G00.00", "S20.G00.05", "S21.G00.06", "S21.G00.11")
Blocs = Mapping[str, pl.DataFrame]

SCHEMA_DECLARATIONS = pl.Schema(
    {
        "fichier": pl.UInt32,
        "rang_declaration": pl.Int64,
        "essai": pl.Boolean,
        "version": pl.String,
        "nature": pl.String,
        "type": pl.String,
        "fraction": pl.String,
        "ordre": pl.Int64,
        "mois_appel": pl.String,
        "champ": pl.String,
        "siren": pl.String,
        "siret": pl.String,
        "ligne": pl.Int64,
    }
)


def compute_declarations(blocs: Blocs, version: str) -> pl.DataFrame:
    """One row a declaration whose four headers are in `blocs` (columns: `SCHEMA_DECLARATIONS`).

    `version` is that the message was read in. A declaration has one company and one establishment,
    as the reader sets aside what is in excess.
    """
    if any(bloc not in blocs for bloc in TETES):
        return SCHEMA_DECLARATIONS.to_frame()
    envois = blocs["S10.G00.00"].select(
        "fichier", parent="occurrence", essai=pl.col("S10.G00.00.005") == "01"
    )
    entreprises = blocs["S21.G00.06"].select(*DECLARATION, siren="S21.G00.06.001")
    etablissements = blocs["S21.G00.11"].select(*DECLARATION, nic="S21.G00.11.001")
    return (
        blocs["S20.G00.05"]
        .join(envois, on=["fichier", "parent"])
        .join(entreprises, on=DECLARATION)
        .join(etablissements, on=DECLARATION)
        .select(
            *DECLARATION,
            "essai",
            pl.lit(version).alias("version"),
            pl.col("S20.G00.05.001").alias("nature"),
            pl.col("S20.G00.05.002").alias("type"),
            pl.col("S20.G00.05.003").cast(pl.String).alias("fraction"),
            pl.col("S20.G00.05.004").alias("ordre"),
            pl.col("S20.G00.05.005").dt.strftime("%Y-%m").alias("mois_appel"),
            pl.col("S20.G00.05.008").alias("champ"),
            "siren",
            (pl.col("siren") + pl.col("nic")).alias("siret"),
            "ligne",
        )
        .match_to_schema(SCHEMA_DECLARATIONS)
    )


def keep_heads(blocs: Blocs, gardees: Blocs, declarees: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Headers that a piece leaves to the next one: the last ones, in `blocs` or kept before.

    Those of a declaration that is among `declarees` are not: it is never told twice.
    """
    dernieres = {
        bloc: (blocs[bloc] if bloc in blocs else gardees[bloc]).tail(1)
        for bloc in TETES
        if bloc in blocs or bloc in gardees
    }
    faites = declarees.select(DECLARATION)
    return {
        bloc: tete if bloc == TETES[0] else tete.join(faites, on=DECLARATION, how="anti")
        for bloc, tete in dernieres.items()
    }
