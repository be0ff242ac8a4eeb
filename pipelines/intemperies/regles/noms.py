"""Names of what an employee or a company asks the explanation of."""

from __future__ import annotations

import hashlib

import polars as pl

CHIFFRES = 16  # hexadecimal digits of the name of an indemnity: 64 bits
SALARIE = 12
TAUX_CONGES = "taux de congés"  # what is missing of the leave contribution alone (I-39)


def with_indemnite(parts: pl.DataFrame) -> pl.DataFrame:
    """`parts` (siren, declaration, salarie, annee, campagne) with `indemnite`, the name of each."""
    cle = pl.concat_str("siren", "declaration", "salarie", "annee", "campagne", separator="\0")
    noms = [
        f"IND-{hashlib.sha256(texte.encode()).hexdigest()[:CHIFFRES]}"
        for texte in parts.select(cle).to_series()
    ]
    return parts.with_columns(pl.Series("indemnite", noms, pl.String))


def name_compteur() -> pl.Expr:
    """Name of the counters of an employee (columns siren, salarie, annee)."""
    return pl.format("CPT-{}-{}-{}", "siren", pl.col("salarie").str.head(SALARIE), "annee")
