"""Follow-up of one shard: what is expected of its companies tonight, which reminders are due."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.etapes import read_registre
from pipelines.nuit.execution import run_part
from pipelines.nuit.parts import Part, Production, Travail, dated_key, in_part
from pipelines.suivi.regles.estimations import ESTIMATION, compute_tdp, mark_estimated
from pipelines.suivi.regles.suivi import compute_attendues, compute_relances
from pipelines.suivi.sources import read_calendrier_suivi, read_sources
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

ETAPE = "suivi"


def follow_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write `declarations_attendues` and `relances` of one shard.

    Reads the shard's declarations and bases as the lake holds them tonight, and the reminders
    already published, which are never written again.
    """
    run_part(maison, prepare_suivi, part, date_arrete)


def prepare_suivi(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """What is expected of the companies of the shard, the published reminders and the new ones."""
    declarations = maison.lac.read("declarations").filter(part.ecrites()).collect()
    registre = read_registre(maison).of(part.siennes())
    lues = maison.lac.read("bases_tdp").filter(part.siennes()).collect().sort("depot", "ligne")
    retours = compute_tdp(lues, registre.etablissements, registre.deposants)
    sources = read_sources(maison, registre, declarations, retours)
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

    cle = dated_key(ETAPE, part, date_arrete, *sources.frames, estimees, publiees)
    return Travail((cle,), produce)
