"""Rubrics that must or must not stand in a block, by nature of the declaration (CST-03, CST-04)."""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalies
from parsers.dsn.valeurs import Rubrique


def check_presence(
    rubrique: Rubrique,
    places: pl.DataFrame,
    usages: set[str],
    part: pl.DataFrame | None,
    interrompues: pl.Series,
) -> list[pl.DataFrame]:
    """`places` are the occurrences of the block, `part` the lines of the rubric (`place` in it).

    `usages` are those of `places`: no other rule is looked at. What a message without footer stops
    in (`interrompues`, by `rang`) lacks what was cut.
    """
    trouvees = []
    nombre = 0 if part is None else len(part)
    if nombre < len(places) and usages & rubrique.obligatoire:
        vues = pl.Series([], dtype=pl.UInt32) if part is None else part["place"]
        absentes = places.filter(
            ~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(vues.implode())
            & pl.col("usage").is_in(rubrique.obligatoire)
            & ~pl.col("rang").is_in(interrompues.implode())
        )
        trouvees.append(_located(absentes, rubrique, "CST-03"))
    if part is not None and usages & rubrique.interdite:
        presentes = places[part["place"]].with_columns(part["ligne"])
        presentes = presentes.filter(pl.col("usage").is_in(rubrique.interdite))
        trouvees.append(_located(presentes, rubrique, "CST-04"))
    return [frame for frame in trouvees if len(frame)]


def _located(lieux: pl.DataFrame, rubrique: Rubrique, code: str) -> pl.DataFrame:
    identifiant = rubrique.identifiant
    return anomalies(lieux, code, rubrique=identifiant, bloc=identifiant[:10])
