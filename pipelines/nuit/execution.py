"""How a step runs: done once, written whole, without the companies that make it fail.

Written here once for every step: its key, whether it was done, the fingerprint of what it writes,
the check of what it may write, the crash points, its row in the journal, its line in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter_ns
from typing import TypeAlias

import polars as pl
from sqlalchemy import Connection

from pipelines.metier import Etape, Metier, Portee, find
from pipelines.nuit.parts import (
    Part,
    list_periods,
    open_ensemble,
    open_part,
    part_scope,
    step_key,
    write_part,
)
from pipelines.nuit.reperes import Repere
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.reserves.figes import freeze_salaries, keep_figes, only_salaries_of
from pipelines.nuit.reserves.tenues import hold_entreprises, list_entreprises
from pipelines.nuit.traces import trace_etape
from pipelines.nuit.versions import frame_fingerprint
from specs.contrats import PAR_SALARIE, read_contrat
from warehouse.contrats import check_contrat
from warehouse.journal import CleEtape, is_derniere, record_etape
from warehouse.lac import Valeur
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint


class EcritureNonDeclaree(RuntimeError):  # noqa: N818 - named in French
    """A step made a table that it does not say that it writes."""


@dataclass(frozen=True, slots=True)
class Production:
    """What a step makes: rows of each table in writing order, counts for the journal.

    `periodes`: of a table that has some, those rewritten though no row of theirs is left; a table
    that is not told has its shard rewritten whole. `refaites`: of the tables whose other rows were
    copied as they stood, those made.
    """

    tables: Mapping[str, pl.DataFrame]
    resultat: Mapping[str, int]
    periodes: Mapping[str, Collection[Valeur]] = field(default_factory=dict)
    refaites: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def beside(self, table: str, frame: pl.DataFrame, periodes: Collection[Valeur]) -> Production:
        """The same, with the rows of another table."""
        return replace(
            self,
            tables={**self.tables, table: frame},
            periodes={**self.periodes, table: periodes},
        )

    def write(self, maison: Maison, table: str, part: Part) -> None:
        """Rewrite a shard of a table, or all of them, with the rows that are made."""
        periodes = self.periodes.get(table)
        if periodes is None:
            periodes = list_periods(maison, table, part.numeros)
        write_part(maison, table, self.tables[table], part.numeros, periodes)

    def check_tables(self, etape: Etape) -> None:
        """EcritureNonDeclaree when the step does not say that it writes one of these tables."""
        autres = sorted(self.tables.keys() - set(etape.ecrit))
        if autres:
            raise EcritureNonDeclaree(f"étape {etape.nom} : {', '.join(autres)}")

    def check(self) -> None:
        """ContratRompu when a table could not be written."""
        for table, frame in self.tables.items():
            check_contrat(read_contrat(table), frame)

    @property
    def empreinte(self) -> str:
        """Fingerprint of all the rows that were made."""
        return frame_fingerprint(*{**self.tables, **self.refaites}.values())


@dataclass(frozen=True, slots=True)
class Travail:
    """What a step is about to do: nothing when it was the last done with these inputs.

    `entrees`: fingerprint of all that it reads. `jusqu_a`: another step, that must have been done
    too with the same inputs. `repere`: where it leaves the step, for the next nights.
    """

    entrees: str
    produce: Callable[[], Production]
    jusqu_a: str | None = None
    repere: Repere | None = None


Preparation: TypeAlias = Callable[[Maison, Part, date], Travail | None]


def run_etape(maison: Maison, etape: Etape, date_arrete: date, numero: int | None = None) -> None:
    """Run a step on a shard, or on the whole fund; a company for whom it fails is held.

    Raises:
        Exception: whatever the step raised, when it is no company's.
    """
    debut = perf_counter_ns()
    part = _open(maison, etape, numero, date_arrete)
    travail = _prepare(etape)(maison, part, date_arrete)
    trace = trace_etape(etape.nom, ", ".join(_list_scopes(etape, part)), date_arrete)
    if travail is None or _is_done(maison, etape, part, travail):
        if travail is not None and travail.repere is not None:
            with maison.moteur.begin() as connexion:
                _record_repere(connexion, etape, part, travail.repere)
        trace.info("étape déjà faite")
        return
    try:
        production = _produce(maison, etape, part, travail)
    except PASSAGERES:
        raise
    except Exception as erreur:
        if etape.portee is not Portee.PART:
            raise
        contenu = _contain(maison, etape, part, date_arrete, erreur)
        if contenu is None:
            return
        part, travail, production = contenu
    duree_ms = (perf_counter_ns() - debut) // 1_000_000
    with maison.moteur.begin() as connexion:
        for cle in _list_keys(etape.nom, etape, part, travail):
            record_etape(
                connexion,
                cle,
                resultat=production.resultat,
                empreinte=production.empreinte,
                duree_ms=duree_ms,
            )
        if travail.repere is not None:
            _record_repere(connexion, etape, part, travail.repere)
    trace.info("étape faite", duree_ms=duree_ms, **production.resultat)


def run_ensemble(maison: Maison, metiers: Sequence[Metier], date_arrete: date) -> None:
    """Run again the steps of the whole fund, once companies are held: what is new of them waits."""
    for etape in (etape for metier in metiers for etape in metier.etapes):
        if etape.portee is Portee.CAISSE and etape.prepare:
            run_etape(maison, etape, date_arrete)


def _open(maison: Maison, etape: Etape, numero: int | None, date_arrete: date) -> Part:
    if numero is None:
        return open_ensemble(maison, date_arrete)
    return open_part(maison, numero, date_arrete, etape.partage)


def _prepare(etape: Etape) -> Preparation:
    preparation: Preparation = find(etape.prepare)
    return preparation


def _list_scopes(etape: Etape, part: Part) -> list[str]:
    if etape.portee is not Portee.PART:
        return [str(Portee.CAISSE)]
    return [part_scope(numero) for numero in part.numeros]


def _list_keys(nom: str, etape: Etape, part: Part, travail: Travail) -> list[CleEtape]:
    """A key a shard: done together or not, the last that was done of each is known."""
    return [step_key(nom, portee, part, travail.entrees) for portee in _list_scopes(etape, part)]


def _record_repere(connexion: Connection, etape: Etape, part: Part, repere: Repere) -> None:
    for portee in _list_scopes(etape, part):
        cle = repere.key(etape.nom, portee)
        record_etape(connexion, cle, resultat={}, empreinte="", duree_ms=0)


def _is_done(maison: Maison, etape: Etape, part: Part, travail: Travail) -> bool:
    noms = [etape.nom, travail.jusqu_a] if travail.jusqu_a else [etape.nom]
    with maison.moteur.connect() as connexion:
        return all(
            is_derniere(connexion, cle)
            for nom in noms
            for cle in _list_keys(nom, etape, part, travail)
        )


def _produce(maison: Maison, etape: Etape, part: Part, travail: Travail) -> Production:
    """Compute, then write: each table is checked as it is."""
    production = travail.produce()
    production.check_tables(etape)
    if part.figes:
        tables = keep_figes(maison, part, production.tables)
        production = replace(production, tables=tables)
    for table, frame in production.tables.items():
        if etape.portee is Portee.PART:
            production.write(maison, table, part)
        else:
            maison.lac.write(table, frame, None)
        crashpoint("part.apres_table")
    return production


Fait: TypeAlias = tuple[Part, Travail, Production]


def _contain(
    maison: Maison, etape: Etape, part: Part, date_arrete: date, erreur: Exception
) -> Fait | None:
    """Run the step without the companies for whom it fails, as it was published of their employees.

    If it fails on that too, without these employees. None when nothing is left to be done.
    """
    par_salarie = etape.partage == PAR_SALARIE
    if part.tenues and par_salarie:  # what others hold may be what fails
        part = freeze_salaries(maison, part)
        echec, fait = _try(maison, etape, part, date_arrete)
        if echec is None:
            return fait
        erreur = echec
    _hold(maison, etape, part, date_arrete, erreur)
    part = _open(maison, etape, part.numero, date_arrete)
    echec, fait = _try(maison, etape, part, date_arrete)
    if echec is not None and par_salarie:
        echec, fait = _try(maison, etape, freeze_salaries(maison, part), date_arrete)
    if echec is not None:
        raise echec
    return fait


def _try(
    maison: Maison, etape: Etape, part: Part, date_arrete: date
) -> tuple[Exception | None, Fait | None]:
    """Run the step on a shard: how it fails, or what it did."""
    travail = _prepare(etape)(maison, part, date_arrete)
    if travail is None:
        return None, None
    try:
        return None, (part, travail, _produce(maison, etape, part, travail))
    except PASSAGERES:
        raise
    except Exception as echec:  # noqa: BLE001 - it is held, or raised by who asked
        return echec, None


def _hold(maison: Maison, etape: Etape, part: Part, date_arrete: date, erreur: Exception) -> None:
    """Hold the companies of the shard for whom the step fails; raise `erreur` when none is."""

    def essaie(seules: frozenset[str]) -> None:
        siennes = part.only(seules)
        if etape.partage == PAR_SALARIE:
            siennes = only_salaries_of(maison, part, seules)
        travail = _prepare(etape)(maison, siennes, date_arrete)
        if travail is not None:
            travail.produce().check()

    fautifs = find_fautifs(list_entreprises(maison, part), essaie, erreur)
    hold_entreprises(maison, date_arrete, etape.nom, fautifs)
