"""Follow-up of one shard: what is expected of its companies tonight, which reminders are due."""

from __future__ import annotations

from datetime import date
from time import perf_counter_ns

import polars as pl

from pipelines.declarations.etapes import part_of, read_registre
from pipelines.declarations.suivi import compute_attendues, compute_relances
from pipelines.declarations.suivi_bases import ESTIMATION, compute_tdp, mark_estimated
from pipelines.declarations.suivi_sources import read_calendrier_suivi, read_sources
from pipelines.parts import in_part, part_key
from pipelines.versions import frame_fingerprint
from warehouse.journal import find_etape, record_etape
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

ETAPE = "suivi"


def follow_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write `declarations_attendues` and `relances` of one shard.

    Reads the shard's declarations and bases as the lake holds them tonight, and the reminders
    already published, which are never written again.
    """
    debut = perf_counter_ns()
    du_lac, siennes = pl.col("part") == part, part_of(maison.reglages.nombre_parts) == part
    declarations = maison.lac.read("declarations").filter(du_lac).collect()
    registre = read_registre(maison).of(siennes)
    lues = maison.lac.read("bases_tdp").filter(siennes).collect().sort("depot", "ligne")
    retours = compute_tdp(lues, registre.etablissements)
    sources = read_sources(maison, registre, declarations, retours)
    bases = maison.lac.read("bases").filter(du_lac, pl.col("source") == ESTIMATION)
    estimees = bases.select("siret", "mois_appel", "source").unique().collect().sort(pl.all())
    publiees = read_table_publiee(maison, "relances").filter(siennes).collect()
    publiees = publiees.sort("siret", "mois", "niveau")
    cle = part_key(ETAPE, part, date_arrete, *sources.frames, estimees, publiees)
    with maison.moteur.connect() as connexion:
        if find_etape(connexion, cle):
            return
    attendues = compute_attendues(sources, read_calendrier_suivi(sources, date_arrete), date_arrete)
    nouvelles = compute_relances(attendues, publiees, date_arrete)
    attendues = in_part("declarations_attendues", mark_estimated(attendues, estimees), part)
    relances = pl.concat([in_part("relances", f, part) for f in (publiees, nouvelles)])
    maison.lac.write("declarations_attendues", attendues, {"part": part})
    maison.lac.write("relances", relances, {"part": part})
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat={"attendues": len(attendues), "relances": len(nouvelles)},
            empreinte=frame_fingerprint(attendues, relances),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )
