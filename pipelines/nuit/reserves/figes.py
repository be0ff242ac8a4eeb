"""Employees kept as they were last published: a rule fails on what was published of them already.

A company that is held stays in what is read of its employees, as it was published. A rule that
fails on that too (a day comes that it can't compute) would stop the night: all that is known of
these employees waits then, whichever company says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from pipelines.nuit.parts import Part, place_of
from pipelines.nuit.reserves.tenues import held
from specs.contrats import columns_of, contrats, read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

NOMMENT = {"siren", "salarie"}
Lecture = Callable[[str], pl.LazyFrame]


def freeze_salaries(maison: Maison, part: Part) -> Part:
    """The shard without the employees of whom something was published for the companies held."""
    publiees = partial(read_table_publiee, maison)
    return replace(part, figes=list_salaries([publiees], part.tenues))


def only_salaries_of(maison: Maison, part: Part, sirens: frozenset[str]) -> Part:
    """The shard with these companies alone, and the employees that they have or had alone."""
    publiees = partial(read_table_publiee, maison)
    salaries = list_salaries([publiees, maison.lac.read], sirens)
    return replace(part.only(sirens), salaries=salaries)


def list_salaries(lectures: Sequence[Lecture], sirens: frozenset[str]) -> frozenset[str]:
    """Employees of whom these companies say something, in the published tables so read."""
    dites = [
        lit(contrat.nom).filter(held(sirens)).select("salarie")
        for contrat in contrats().values()
        if contrat.publie and NOMMENT.issubset(columns_of(contrat.nom))
        for lit in lectures
    ]
    return frozenset(pl.concat(dites).drop_nulls().unique().collect()["salarie"])


def keep_figes(
    maison: Maison, part: Part, tables: Mapping[str, pl.DataFrame]
) -> Mapping[str, pl.DataFrame]:
    """`tables` (shards that a step on employees writes) with the rows of those that are frozen.

    They are those published; of a table that is not, those that the lake holds.
    """
    return {nom: _keep(maison, part, nom, frame) for nom, frame in tables.items()}


def _keep(maison: Maison, part: Part, nom: str, frame: pl.DataFrame) -> pl.DataFrame:
    contrat = read_contrat(nom)
    lignes = read_table_publiee(maison, nom) if contrat.publie else maison.lac.read(nom)
    gardees = lignes.filter(part.frozen()).with_columns(place_of(nom, part))
    return pl.concat([frame, gardees.select(frame.columns).collect()]).sort(contrat.cle)
