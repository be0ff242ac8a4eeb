"""A passage of the night: the house, the date it bears, the instant; its tasks run one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import perf_counter_ns
from typing import Protocol, runtime_checkable

from pipelines.metier import Etape, Metier, find
from pipelines.nuit.calme import gather_parts
from pipelines.nuit.execution import run_etape
from pipelines.nuit.moteur import keep_moteur
from pipelines.nuit.ordre import Temps, list_temps
from pipelines.nuit.parts import ENSEMBLE
from pipelines.nuit.traces import trace_etape
from warehouse.demandes.prise import take_demandes
from warehouse.instants import format_instant
from warehouse.maison import Maison
from warehouse.nuits import is_finie, read_derniere_nuit, record_fin, record_nuit
from warehouse.preuves.garde import check_preuves
from warehouse.registre.memoire import keep_lectures

ABANDON = timedelta(hours=6)


@runtime_checkable
class Comptable(Protocol):
    """What a step says, when it has figures for the scheduler: numbers, never data."""

    def count(self) -> dict[str, int | None]:
        """The figures."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The house and the time of one run; `metiers`: what the fund does."""

    maison: Maison
    date_arrete: date
    maintenant: datetime
    metiers: tuple[Metier, ...]

    def find_temps(self, nom: str) -> Temps:
        """A task of the night by its name; KeyError when there is none."""
        return {temps.nom: temps for temps in list_temps(self.metiers)}[nom]


def plan_temps(passage: Passage, temps: Temps) -> list[str] | list[int]:
    """Lots or shards that a task is run on, sorted: those that one of its steps asks for."""
    dits = passage.maison, passage.date_arrete, passage.metiers
    prevus = [find(lieu)(*dits) for lieu in temps.plans]
    numeros = {numero for prevu in prevus for numero in prevu}
    if temps.regroupe:
        return gather_parts(passage.maison, passage.date_arrete, numeros)
    return sorted(numeros)


def run_temps(passage: Passage, temps: Temps, argument: str | int | None = None) -> object:
    """Run the steps of a task, on a lot or a shard when it has some; what the last one says."""
    resultat = None
    with keep_lectures():
        for etape in temps.etapes:
            for portion in _list_portions(passage, etape, argument):
                resultat = _run(passage, etape, portion)
    return resultat


def open_nuit(passage: Passage) -> None:
    """Check what it builds on, take the requests of companies, then fix what it reads of the acts.

    PreuveRompue when what was published is not as it was.
    """
    check_preuves(passage.maison, passage.date_arrete)
    take_demandes(passage.maison, format_instant(passage.maintenant))
    moteur = keep_moteur(passage.maison)
    with passage.maison.moteur.begin() as connexion:
        record_nuit(connexion, passage.date_arrete, format_instant(passage.maintenant), moteur)


def close_nuit(passage: Passage) -> None:
    """Say that the night is over: the scans of the day control again what they receive."""
    with passage.maison.moteur.begin() as connexion:
        derniere = read_derniere_nuit(connexion)
        if derniere is not None:
            record_fin(connexion, derniere[0])


def is_nuit_en_cours(passage: Passage) -> bool:
    """Whether a night was opened and is not over; one that died is over after `ABANDON`."""
    with passage.maison.moteur.connect() as connexion:
        derniere = read_derniere_nuit(connexion)
        if derniere is None or is_finie(connexion, derniere[0]):
            return False
    return passage.maintenant - datetime.fromisoformat(derniere[1]) < ABANDON


def run_nuit(
    passage: Passage, sauf: Collection[str] = frozenset()
) -> Mapping[str, Sequence[object]]:
    """The whole night, without a scheduler; by task, what each of its runs says.

    `sauf`: tasks left out.
    """
    open_nuit(passage)
    resultats: dict[str, list[object]] = defaultdict(list)
    plans: dict[str | None, Sequence[str | int | None]] = {None: [None]}
    with keep_lectures():
        for temps in (t for t in list_temps(passage.metiers) if t.nom not in sauf):
            if temps.plans_itself:
                plans[temps.nom] = plan_temps(passage, temps)
            for argument in plans[temps.planifie]:
                resultats[temps.nom].append(run_temps(passage, temps, argument))
    close_nuit(passage)
    return resultats


def _list_portions(
    passage: Passage, etape: Etape, argument: str | int | None
) -> Sequence[str | int | None]:
    """What a step is run on: each shard of all, when it can't take them as one."""
    if argument == ENSEMBLE and not etape.regroupe:
        return range(passage.maison.reglages.nombre_parts)
    return [argument]


def _run(passage: Passage, etape: Etape, argument: str | int | None) -> object:
    if etape.agit:
        debut = perf_counter_ns()
        arguments = () if argument is None else (argument,)
        resultat: object = find(etape.agit)(passage, *arguments)
        comptes = resultat.count() if isinstance(resultat, Comptable) else {}
        duree_ms = (perf_counter_ns() - debut) // 1_000_000
        trace = trace_etape(etape.nom, argument or str(etape.portee), passage.date_arrete)
        trace.info("étape faite", duree_ms=duree_ms, **comptes)
        return resultat
    run_etape(
        passage.maison, etape, passage.date_arrete, None if argument is None else int(argument)
    )
    return argument
