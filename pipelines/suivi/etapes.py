"""Follow-up of one shard: what is expected of its companies tonight, which reminders are due."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.attendues import read_calendrier_suivi, read_sources
from pipelines.declarations.etapes import read_registre
from pipelines.declarations.regles.attendues import compute_attendues
from pipelines.declarations.regles.estimations import ESTIMATION, mark_estimated
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, dated, in_part
from pipelines.suivi.regles.relances import compute_relances
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee


def prepare_suivi(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """What is expected of the companies of the shard, the published reminders and the new ones.

    Reads the shard's declarations and bases as the lake holds them tonight, and the reminders
    already published, which are never written again.
    """
    declarations = maison.lac.read("declarations").filter(part.ecrites()).collect()
    registre = read_registre(maison, part.vue).of(part.siennes())
    releves = maison.lac.read("releves_tdp").filter(part.ecrites()).collect()
    sources = read_sources(maison, registre, declarations, releves.sort("depot", "rang"))
    bases = maison.lac.read("bases").filter(part.ecrites(), pl.col("source") == ESTIMATION)
    estimees = bases.select("siret", "mois_appel", "source").unique().collect().sort(pl.all())
    publiees = read_table_publiee(maison, "relances").filter(part.siennes()).collect()
    publiees = publiees.sort("siret", "mois", "niveau")

    def produce() -> Production:
        calendrier = read_calendrier_suivi(sources, date_arrete)
        attendues = compute_attendues(sources, calendrier, date_arrete)
        nouvelles = compute_relances(attendues, publiees, date_arrete)
        estimes = mark_estimated(attendues, estimees)
        relances = [in_part("relances", frame, part) for frame in (publiees, nouvelles)]
        tables = {
            "declarations_attendues": in_part("declarations_attendues", estimes, part),
            "relances": pl.concat(relances),
        }
        return Production(tables, {"attendues": len(attendues), "relances": len(nouvelles)})

    return Travail(dated(date_arrete, *sources.frames, estimees, publiees), produce)
