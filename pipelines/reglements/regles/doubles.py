"""Movements that the bank tells twice: in an advice (camt.054), then in a statement (camt.053).

Two movements are the same when, in order:

1. they have the same bank reference (AcctSvcrRef), end-to-end reference, day and amount, in two
   deposits;
2. they have the same end-to-end reference, day and amount, in two deposits, and one of them at
   least has no bank reference;
3. without any of these references, they have the same day, amount, account and text, in two
   **kinds** of messages: inside one kind, two equal transfers are two transfers.

Told several times in one deposit (or kind), the first of each answer to each other, the second
too... The first that arrived counts.
"""

from __future__ import annotations

import polars as pl

OPERATION = ["nature", "date_operation", "montant_centimes"]
REGLES = (
    ("reference_banque", ["reference_banque", "bout_en_bout"], "depot"),
    ("bout_en_bout", ["bout_en_bout"], "depot"),
    (None, ["compte_tiers", "reference"], "message"),
)


def find_doubles(mouvements: pl.DataFrame) -> pl.DataFrame:
    """Doubles among `mouvements` (contract): depot, rang (key), origine (`<depot>-<rang>`)."""
    restants = mouvements.sort("depot", "rang")
    trouves = []
    for exige, cle, source in REGLES:
        doubles = _repeated(_concerned(restants, exige, cle), [*OPERATION, *cle], source)
        trouves.append(doubles)
        restants = restants.join(doubles, on=["depot", "rang"], how="anti", maintain_order="left")
    return pl.concat(trouves).sort("depot", "rang")


def _concerned(restants: pl.DataFrame, exige: str | None, cle: list[str]) -> pl.DataFrame:
    """Movements that a rule compares."""
    if exige is None:
        sans = pl.col("reference_banque").is_null() & pl.col("bout_en_bout").is_null()
        return restants.filter(sans)
    connus = restants.filter(pl.col(exige).is_not_null())
    if exige == "reference_banque":
        return connus
    une_sans = pl.col("reference_banque").is_null().any().over([*OPERATION, *cle])
    return connus.filter(une_sans)


def _repeated(mouvements: pl.DataFrame, cle: list[str], source: str) -> pl.DataFrame:
    """Movements already told elsewhere: the n-th of a source is the n-th of every other."""
    occurrence = pl.int_range(pl.len()).over([*cle, source]).alias("occurrence")
    memes = [*cle, "occurrence"]
    nom = pl.format("{}-{}", "depot", "rang")
    return (
        mouvements.with_columns(occurrence)
        .with_columns(nom.first().over(memes).alias("origine"), nom.alias("mouvement"))
        .filter(pl.col("origine") != pl.col("mouvement"))
        .select("depot", "rang", "origine")
    )
