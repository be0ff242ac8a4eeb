"""How a step runs on a shard: done once, written whole, without the companies that make it fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import perf_counter_ns
from typing import TypeAlias

from pipelines.nuit.parts import Part, Production, Travail, open_part
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.reserves.tenues import hold_entreprises, list_entreprises
from warehouse.journal import is_derniere, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint

Preparation: TypeAlias = Callable[[Maison, Part, date], Travail]


def run_part(maison: Maison, prepare: Preparation, numero: int, date_arrete: date) -> None:
    """Run a step on a shard; a company for whom it fails is held, the others are written.

    Raises:
        Exception: whatever the step raised, when it is no company's.
    """
    debut = perf_counter_ns()
    part = open_part(maison, numero, date_arrete)
    travail = prepare(maison, part, date_arrete)
    if _is_done(maison, travail):
        return
    try:
        production = travail.produce()
        _write(maison, part, production)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - raised again when it is no company's
        _hold(maison, prepare, part, date_arrete, travail.cles[0].etape, erreur)
        part = open_part(maison, numero, date_arrete)
        travail = prepare(maison, part, date_arrete)
        production = travail.produce()
        _write(maison, part, production)
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            travail.cles[0],
            resultat=production.resultat,
            empreinte=production.empreinte,
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )


def _is_done(maison: Maison, travail: Travail) -> bool:
    with maison.moteur.connect() as connexion:
        return all(is_derniere(connexion, cle) for cle in travail.cles)


def _write(maison: Maison, part: Part, production: Production) -> None:
    for table, frame in production.tables.items():
        maison.lac.write(table, frame, {"part": part.numero})
        crashpoint("part.apres_table")


def _hold(
    maison: Maison,
    prepare: Preparation,
    part: Part,
    date_arrete: date,
    etape: str,
    erreur: Exception,
) -> None:
    """Hold the companies of the shard for whom the step fails; raise `erreur` when none is."""

    def essaie(seules: frozenset[str]) -> None:
        prepare(maison, part.only(seules), date_arrete).produce().check()

    fautifs = find_fautifs(list_entreprises(maison, part), essaie, erreur)
    hold_entreprises(maison, date_arrete, etape, fautifs)
