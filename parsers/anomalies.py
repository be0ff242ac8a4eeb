"""Anomalies as data: what every control gives back, whatever it controls.

A frame of anomalies has the columns of `SCHEMA`; one row is one finding, or several of one kind
grouped under their first place (`nombre`). `fichier` is the caller's number of the file in the
batch, `ligne` the line in that file (from 1), `occurrence` the rank of the block among those of
its kind in the file, `valeur` the offending value (masked when it is personal), `variante` the
wording to choose among those of the code.

Whatever a file holds, its report is bounded: beyond its first `MAXIMUM_CONSERVE` rows, one row a
kind (code, wording, rubric) stands for all that is left out, at the first place left out, with how
many they are. So the sum of `nombre` is exact, by file and by kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from parsers.textes import detached
from specs.contrats import codes_of

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
BLOQUANTE, SIGNAL = codes_of("anomalies", "severite", "bloquante", "signal")
MAXIMUM_CONSERVE = 10_000
LONGUEUR_VALEUR = 80
GROUPEES = ("interdit", "en_trop")  # variants of CST-02 told once a block
SANS_COHERENCE = "F029"  # too much is refused: the controls of coherence are not told
COHERENCE = "/|^CP-"  # codes of the controls of coherence, of the norm and of the fund
GENRE = ("fichier", "code", "variante", "severite", "bloc", "rubrique")
NON_BORNEES = ("CV10", "CV13")  # the rubric is what the file writes, which may be anything

ORDRE = ("fichier", "ligne", "rubrique", "code", "variante", "bloc", "occurrence", "attendu")


def anomalies(frame: pl.DataFrame, code: str, **constantes: Any) -> pl.DataFrame:  # noqa: ANN401
    """Rows of `frame` as anomalies of `code`; `constantes` fill columns that the frame lacks.

    They are cut short as reports are (see the module).
    """
    if len(frame) > MAXIMUM_CONSERVE:
        frame = _cut_short(frame.sort("fichier", "ligne", maintain_order=True), code)
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


def _cut_short(triees: pl.DataFrame, code: str | None = None) -> pl.DataFrame:
    """The first rows of each file, then one a kind; `code` when it is not a column."""
    au_dela = triees.select(pl.int_range(pl.len()).over("fichier") >= MAXIMUM_CONSERVE).to_series()
    if not au_dela.any():
        return triees
    libre = pl.lit(code in NON_BORNEES) if code else pl.col("code").is_in(NON_BORNEES)
    cle = [
        pl.when(~libre).then(c).alias(c) if c in ("bloc", "rubrique") else pl.col(c)
        for c in GENRE
        if c in triees.columns
    ]
    nombre = pl.col("nombre").sum() if "nombre" in triees.columns else pl.len().alias("nombre")
    autres = [c for c in triees.columns if c not in ("nombre", *GENRE)]
    genres = triees.filter(au_dela).group_by(cle, maintain_order=True)
    reste = genres.agg(nombre.cast(pl.Int64), pl.col(autres).first())
    if "nombre" not in triees.columns:
        triees = triees.with_columns(pl.lit(1, pl.Int64).alias("nombre"))
    return pl.concat([triees.filter(~au_dela), reste.select(triees.columns)])


def anomalie(fichier: int, code: str, **champs: Any) -> pl.DataFrame:  # noqa: ANN401
    """One anomaly of a whole file, or of one line of it."""
    return anomalies(pl.DataFrame({"fichier": [fichier]}), code, **champs)


def assemble(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame in the total order of reports, values and reports cut to a readable length."""
    tout = pl.concat([SCHEMA.to_frame(), *frames])
    tout = tout.with_columns(pl.col("valeur").str.head(LONGUEUR_VALEUR))
    return detached(_cut_short(tout.sort(ORDRE, nulls_last=True, maintain_order=True)))


def merge(morceaux: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One report from those of the pieces: what is grouped in each is grouped again.

    A file of which some piece could not be judged for coherence is told nothing of coherence: what
    it is told does not depend on where it was cut.
    """
    tout = pl.concat([SCHEMA.to_frame(), *morceaux])
    sans = tout.filter(code=SANS_COHERENCE)["fichier"].unique()
    if len(sans):
        tue = pl.col("fichier").is_in(sans.implode()) & pl.col("code").str.contains(COHERENCE)
        tout = tout.filter(~tue)
    de_bloc = pl.col("variante").is_in(GROUPEES).fill_null(value=False)
    groupee = (pl.col("code") == "CST-01") | de_bloc
    cle = [c for c in SCHEMA if c not in ("ligne", "nombre")]
    groupes = tout.filter(groupee).group_by(cle).agg(pl.col("ligne").min(), pl.col("nombre").sum())
    uniques = tout.filter(code=SANS_COHERENCE).unique(maintain_order=True)
    autres = tout.filter(~groupee & (pl.col("code") != SANS_COHERENCE))
    return assemble([autres, uniques, groupes.select(SCHEMA.names())])


def by_kind(frame: pl.DataFrame) -> pl.DataFrame:
    """How many anomalies of each code and rubric (the block without one), blocking ones first.

    Rubrics that the norm does not have are not told apart: a file may write any number of them.

    Columns: severite, code, rubrique, nombre (exact), detaillees (rows of `frame`), ligne (the
    first), message and remede (of the first); the most numerous first.
    """
    connue = pl.when(~pl.col("code").is_in(NON_BORNEES)).then(pl.coalesce("rubrique", "bloc"))
    return (
        frame.with_columns(rubrique=connue)
        .group_by("severite", "code", "rubrique", maintain_order=True)
        .agg(
            pl.col("nombre").sum(),
            pl.len().cast(pl.Int64).alias("detaillees"),
            pl.col("ligne").min(),
            pl.col("message", "remede").first(),
        )
        .sort(
            ["severite", "nombre", "code", "rubrique"],
            descending=[False, True, False, False],
            nulls_last=True,
        )
    )
