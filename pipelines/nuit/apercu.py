"""What a deposit would change: the night's own steps, for its companies, on a view thrown away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.metier import Etape, Metier, Portee, find
from pipelines.nuit.execution import Preparation
from pipelines.nuit.ordre import list_etapes
from pipelines.nuit.parts import Part, open_part, part_of
from specs.contrats import PAR_SIREN, columns_of
from warehouse.apercu import LacApercu
from warehouse.maison import Maison


def run_apercu(
    maison: Maison,
    metiers: Sequence[Metier],
    date_arrete: date,
    sirens: Collection[str],
    essais: Collection[str],
) -> Maison:
    """A house in which these test deposits are real, as the night leaves these companies there.

    Only the steps that a test is run on (`Etape.en_essai`) are. Nothing of it is kept: neither rows
    nor steps. A house that is a view already is the one answered.
    """
    deja = isinstance(maison.lac, LacApercu)
    vue = maison if deja else replace(maison, lac=LacApercu.over(maison.lac))
    numeros: dict[int, set[str]] = defaultdict(set)
    for siren in sirens:
        numeros[int(siren) % maison.reglages.nombre_parts].add(siren)
    for etape in list_etapes(metiers):
        if etape.portee is not Portee.PART or not etape.en_essai:
            continue
        if etape.partage == PAR_SIREN:
            parts = [
                replace(open_part(maison, numero, date_arrete), seules=frozenset(siens))
                for numero, siens in sorted(numeros.items())
            ]
        else:
            prevues = find(etape.plan)(vue, date_arrete, metiers)
            parts = _list_employees_parts(vue, etape, prevues, sirens, date_arrete)
        for part in parts:
            reelle = replace(part, tenues=frozenset(), essais=frozenset(essais))
            _run(vue, etape.prepare, reelle, date_arrete)
    return vue


def _list_employees_parts(
    vue: Maison,
    etape: Etape,
    prevues: Collection[int],
    sirens: Collection[str],
    date_arrete: date,
) -> list[Part]:
    """Shards of the employees that what the step reads of these companies names; they alone."""
    nommes = [
        vue.lac.read(table).filter(pl.col("siren").is_in(sorted(sirens))).select("salarie")
        for table in etape.lit
        if {"siren", "salarie"} <= {*columns_of(table)}
    ]
    part = part_of(vue.reglages.nombre_parts, etape.partage).alias("part")
    connus = pl.concat(nommes).drop_nulls().unique().with_columns(part).collect()
    return [
        replace(
            open_part(vue, numero, date_arrete, etape.partage),
            salaries=frozenset(connus.filter(part=numero)["salarie"]),
        )
        for numero in sorted(set(connus["part"]) & {*prevues})
    ]


def _run(vue: Maison, lieu: str, part: Part, date_arrete: date) -> None:
    prepare: Preparation = find(lieu)
    travail = prepare(vue, part, date_arrete)
    if travail is None:
        return
    production = travail.produce()
    for table in production.tables:
        production.write(vue, table, part)
