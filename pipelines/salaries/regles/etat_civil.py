"""Birth and surname as one text: what recognises an employee beside a number.

Two writings of one surname give the same text: letters alone, case and accents left out. The layout
of exchange files holds thirty characters of a surname; a longer one is cut there before anything
else, so that a file and a DSN agree. Sources: decisions X-21, L-45.
"""

from __future__ import annotations

import polars as pl

NOM_CARACTERES = 30


def birth_and_surname(naissance: pl.Expr, nom: pl.Expr) -> pl.Expr:
    """`1985-06-14|OCONNOR`; null when the birth, or every letter of the surname, is missing.

    `naissance`: AAAA-MM-JJ, a text.
    """
    lettres = (
        nom.str.slice(0, NOM_CARACTERES)
        .str.normalize("NFKD")
        .str.to_uppercase()
        .str.replace_all("[^A-Z]", "")
    )
    return pl.when(lettres != "").then(pl.concat_str(naissance, lettres, separator="|"))


def date_de_naissance(jjmmaaaa: pl.Expr) -> pl.Expr:
    """AAAA-MM-JJ from the JJMMAAAA of the norm; a part that is unknown (99) is 00."""
    parts = (jjmmaaaa.str.slice(debut, 2) for debut in (2, 0))
    mois, jour = (pl.when(part == "99").then(pl.lit("00")).otherwise(part) for part in parts)
    return pl.concat_str(jjmmaaaa.str.slice(4, 4), mois, jour, separator="-")
