"""References of calls found in the text of a transfer, whatever blanks and hyphens were lost.

`C900101-202603-01` is found in "REGLT C900101 202603-01 MERCI" and in "c900101/2026 03 01": the
words of the text, put together up to MORCEAUX_MAX at a time, are compared with references written
without punctuation.
"""

from __future__ import annotations

import re

import polars as pl

MORCEAUX_MAX = 6
SCHEMA_REFERENCES = pl.Schema(
    {
        "cle": pl.String,
        "siren": pl.String,
        "cdg": pl.String,
        "groupe": pl.String,
        "appel": pl.String,
        "reference_paiement": pl.String,
    }
)


def compute_references(appels: pl.DataFrame) -> pl.DataFrame:
    """What may be written on a payment (SCHEMA_REFERENCES): calls, references of groups.

    `appels`: appel, siren, cdg, groupe, reference_paiement. A group's reference names no centre.
    """
    nul = pl.lit(None, pl.String)
    des_appels = appels.select(
        _folded("appel"), "siren", "cdg", nul.alias("groupe"), "appel", reference_paiement="appel"
    )
    des_groupes = appels.filter(pl.col("groupe").is_not_null()).select(
        _folded("reference_paiement"),
        "siren",
        nul.alias("cdg"),
        "groupe",
        nul.alias("appel"),
        "reference_paiement",
    )
    return pl.concat([des_appels, des_groupes]).unique().match_to_schema(SCHEMA_REFERENCES)


def find_references(textes: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """References in each text: depot, rang, then those of SCHEMA_REFERENCES (several rows a text).

    `textes`: depot, rang, texte (null: nothing is found).
    """
    cle = ["depot", "rang"]
    mots = (
        textes.with_row_index("numero")
        .with_columns(pl.col("texte").str.to_uppercase().str.extract_all(r"[A-Z0-9]+"))
        .explode("texte")
        .drop_nulls("texte")
    )
    # Plain shifts, those that leave the text undone: far faster than shifts inside each text.
    meme = [pl.col("numero").shift(-n) == pl.col("numero") for n in range(MORCEAUX_MAX)]
    suivants = mots.with_columns(
        pl.when(meme[n]).then(pl.col("texte").shift(-n)).alias(f"mot{n}")
        for n in range(MORCEAUX_MAX)
    )
    candidats = [
        suivants.select(*cle, pl.concat_str(f"mot{n}" for n in range(longueur)).alias("cle"))
        .drop_nulls()
        .join(references, on="cle", how="semi")
        for longueur in range(1, MORCEAUX_MAX + 1)
    ]
    return (
        pl.concat(candidats)
        .join(references, on="cle")
        .unique()
        .sort("depot", "rang", "siren", "appel", "groupe", nulls_last=True)
    )


def fold_reference(texte: str) -> str:
    """A text without case nor punctuation, as references are compared.

    >>> fold_reference("appel c900101/202603-01")
    'APPELC90010120260301'
    """
    return "".join(re.findall(r"[A-Z0-9]", texte.upper()))


def _folded(nom: str) -> pl.Expr:
    """A reference without its punctuation."""
    return pl.col(nom).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "").alias("cle")
