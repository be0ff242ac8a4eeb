"""What officers decided of the movements that nobody was found for.

The last decision in effect about a movement counts: an assignment, that it is foreign to the fund,
or that the former decision is revoked, and the movement is matched as any other.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.contrats import codes_of

NATURES = AFFECTATION, HORS_CAISSE, REVOCATION_AFFECTATION = codes_of(
    "decisions", "nature", "AFFECTATION", "HORS_CAISSE", "REVOCATION_AFFECTATION"
)


def compute_affectations(decisions: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """Decisions that hold at `date_arrete`, one a movement (`decisions`: contract).

    Columns: mouvement (key), decision (its number), nature (AFFECTATION or HORS_CAISSE), siren, cdg
    and appel (null: the whole company; all null for HORS_CAISSE).
    """
    en_effet = pl.col("nature").is_in(NATURES) & (pl.col("date_effet") <= date_arrete)
    return (
        decisions.filter(en_effet)
        .select(
            pl.col("contenu").str.json_path_match("$.mouvement").alias("mouvement"),
            pl.col("numero").alias("decision"),
            "nature", "siren", "cdg", "appel",
        )
        .sort("mouvement", "decision")
        .group_by("mouvement", maintain_order=True)
        .last()
        .filter(pl.col("nature") != REVOCATION_AFFECTATION)
    )  # fmt: skip
