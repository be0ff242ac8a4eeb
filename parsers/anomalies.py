"""Anomalies as data: what every control gives back, whatever it controls.

A frame of anomalies has the columns of `SCHEMA`; one row is one finding, or several of one kind
grouped under their first place (`nombre`). `fichier` is the caller's number of the file in the
batch, `ligne` the line in that file (from 1), `occurrence` the rank of the block among those of
its kind in the file, `valeur` the offending value (masked when it is personal), `variante` the
wording to choose among those of the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

SCHEMA = pl.Schema(
    {
        "fichier": pl.UInt32,
        "code": pl.String,
        "variante": pl.String,
        "severite": pl.String,
        "ligne": pl.Int64,
        "bloc": pl.String,
        "occurrence": pl.Int64,
        "rubrique": pl.String,
        "rang_declaration": pl.Int64,
        "rang_individu": pl.Int64,
        "valeur": pl.String,
        "attendu": pl.String,
        "nombre": pl.Int64,
    }
)
BLOQUANTE = "bloquante"
SIGNAL = "signal"
MAXIMUM_CONSERVE = 10_000
LONGUEUR_VALEUR = 80

ORDRE = ("fichier", "ligne", "rubrique", "code", "variante", "bloc", "occurrence", "attendu")


def anomalies(frame: pl.DataFrame, code: str, **constantes: Any) -> pl.DataFrame:  # noqa: ANN401
    """Rows of `frame` as anomalies of `code`; `constantes` fill columns that the frame lacks."""
    defauts = {"severite": BLOQUANTE, "nombre": 1}
    valeurs = {c: v for c, v in defauts.items() if c not in frame.columns}
    valeurs |= {**constantes, "code": code}
    manquantes = [c for c in SCHEMA if c not in frame.columns and c not in valeurs]
    return frame.select(
        pl.lit(valeurs[c], dtype=SCHEMA[c]).alias(c)
        if c in valeurs
        else pl.lit(None, dtype=SCHEMA[c]).alias(c)
        if c in manquantes
        else pl.col(c).cast(SCHEMA[c])
        for c in SCHEMA
    )


def anomalie(fichier: int, code: str, **champs: Any) -> pl.DataFrame:  # noqa: ANN401
    """One anomaly of a whole file, or of one line of it."""
    return anomalies(pl.DataFrame({"fichier": [fichier]}), code, **champs)


def assemble(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame in the total order of reports, values cut to a readable length."""
    tout = pl.concat([SCHEMA.to_frame(), *frames])
    return tout.with_columns(pl.col("valeur").str.head(LONGUEUR_VALEUR)).sort(
        ORDRE, nulls_last=True, maintain_order=True
    )


def merge(morceaux: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One report from those of the pieces: what is grouped in each is grouped again."""
    tout = pl.concat([SCHEMA.to_frame(), *morceaux])
    interdit = (pl.col("variante") == "interdit").fill_null(value=False)
    groupee = (pl.col("code") == "CST-01") | interdit
    cle = [c for c in SCHEMA if c not in ("ligne", "nombre")]
    groupes = tout.filter(groupee).group_by(cle).agg(pl.col("ligne").min(), pl.col("nombre").sum())
    return assemble([tout.filter(~groupee), groupes.select(SCHEMA.names())])


def limited(frame: pl.DataFrame) -> pl.DataFrame:
    """The first `MAXIMUM_CONSERVE` anomalies of each file; the caller keeps the exact count."""
    return frame.filter(pl.int_range(pl.len()).over("fichier") < MAXIMUM_CONSERVE)
