"""References of calls found in the text of a transfer, whatever blanks and hyphens were lost.

`C900101-202603-01` is found in "REGLT C900101 202603-01 MERCI" and in "c900101/2026 03 01": the
words of the text, put together up to MORCEAUX_MAX at a time, are compared with references written
without punctuation.
"""

from __future__ import annotations

import polars as pl

MORCEAUX_MAX = 6
SCHEMA_REFERENCES = pl.Schema(
    {
        "cle": pl.String,
        "siren": pl.String,
        "cdg": pl.String,
        "groupe": pl.String,
        "appel": pl.String,
    }
)


def compute_references(appels: pl.DataFrame) -> pl.DataFrame:
    """What may be written on a payment (SCHEMA_REFERENCES): calls, references of groups.

    `appels`: appel, siren, cdg, groupe, reference_paiement. A group's reference names no centre.
    """
    nul = pl.lit(None, pl.String)
    des_appels = appels.select(_folded("appel"), "siren", "cdg", nul.alias("groupe"), "appel")
    des_groupes = appels.filter(pl.col("groupe").is_not_null()).select(
        _folded("reference_paiement"), "siren", nul.alias("cdg"), "groupe", nul.alias("appel")
    )
    return pl.concat([des_appels, des_groupes]).unique().match_to_schema(SCHEMA_REFERENCES)


def find_references(textes: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """References in each text: depot, rang, then those of SCHEMA_REFERENCES (several rows a text).

    `textes`: depot, rang, texte (null: nothing is found).
    """
    cle = ["depot", "rang"]
    mots = (
        textes.with_columns(pl.col("texte").str.to_uppercase().str.extract_all(r"[A-Z0-9]+"))
        .explode("texte")
        .drop_nulls("texte")
        .sort(cle, maintain_order=True)
    )
    suites = [
        pl.concat_str([pl.col("texte").shift(-n).over(cle) for n in range(longueur)])
        for longueur in range(1, MORCEAUX_MAX + 1)
    ]
    candidats = [mots.select(*cle, suite.alias("cle")).drop_nulls() for suite in suites]
    return (
        pl.concat(candidats)
        .join(references, on="cle")
        .unique()
        .sort("depot", "rang", "siren", "appel", "groupe", nulls_last=True)
    )


def _folded(nom: str) -> pl.Expr:
    """A reference without its punctuation."""
    return pl.col(nom).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "").alias("cle")
