"""What is done to a table so that an audit has something to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

TOUT = pl.lit(value=True)
Alteration = Callable[[pl.DataFrame], pl.DataFrame]


def change(ou: pl.Expr = TOUT, **valeurs: Any) -> Alteration:
    """The first row that `ou` keeps, with these values: an expression, or a constant."""

    def alter(frame: pl.DataFrame) -> pl.DataFrame:
        rang = frame.with_row_index().filter(ou)["index"][0]
        seule = pl.int_range(pl.len()) == rang
        return frame.with_columns(
            pl.when(seule)
            .then(v if isinstance(v, pl.Expr) else pl.lit(v, frame.schema[nom]))
            .otherwise(pl.col(nom))
            .alias(nom)
            for nom, v in valeurs.items()
        )

    return alter


def more(colonne: str, ou: pl.Expr = TOUT) -> Alteration:
    """One more unit (cent, hundredth, rank) in the first row that `ou` keeps."""
    return change(ou, **{colonne: pl.col(colonne) + 1})


def lose(frame: pl.DataFrame) -> pl.DataFrame:
    """The table without its first row."""
    return frame.slice(1)


def double(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with its first row twice."""
    return pl.concat([frame, frame.head(1)])


def add(**valeurs: Any) -> Alteration:
    """The table with one more row: its first one, or an empty one, with these values."""

    def alter(frame: pl.DataFrame) -> pl.DataFrame:
        vide = dict.fromkeys(frame.columns)
        ligne = frame.row(0, named=True) if frame.height else vide
        return pl.concat([frame, pl.DataFrame([ligne | valeurs], frame.schema)])

    return alter
