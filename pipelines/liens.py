"""One employee under several identifiers: the links, and what they make of rows.

A NIR that comes after a temporary number, or that replaces another, does not make another employee:
rows bear the one that `liens_salaries` gives for what a company declared.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of, read_contrat, schema_polars

(LIE,) = codes_of("liens_salaries", "etat", "LIE")
SANS_LIEN = pl.DataFrame(schema=schema_polars(read_contrat("liens_salaries")))


def linked(frame: pl.DataFrame, liens: pl.DataFrame) -> pl.DataFrame:
    """The same rows, in their order, with the employee that each `salarie` designates.

    Args:
        frame: with `siren` and `salarie`, the pseudonym of what was declared.
        liens: contract `liens_salaries`, at least those of the companies of `frame`.
    """
    siens = liens.filter(etat=LIE).select("siren", salarie="identifiant", designe="salarie")
    if siens.is_empty():
        return frame
    return (
        frame.join(siens, on=["siren", "salarie"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("designe", "salarie").alias("salarie"))
        .drop("designe")
    )
