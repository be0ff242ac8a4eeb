"""Integration of one shard: which declarations count, which bases they bring.

A shard (`part`) is a remainder of the SIREN; a company is whole in one shard, whatever their
number. A shard is computed again when what it reads has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection

from pipelines.declarations.attendues import read_calendrier_suivi, read_sources
from pipelines.declarations.regles.attendues import compute_attendues
from pipelines.declarations.regles.estimations import compute_estimations
from pipelines.declarations.regles.releves import as_bases, compute_constats, compute_releves
from pipelines.declarations.regles.statuts import (
    compute_bases,
    compute_factures,
    compute_statuts,
    take_open_months,
)
from pipelines.declarations.releves import read_releves
from pipelines.liens import linked
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.partage import share_again
from pipelines.nuit.parts import (
    Part,
    in_part,
    open_ensemble,
    open_parts,
    part_of,
    part_scope,
    step_key,
)
from pipelines.nuit.reserves.depots import read_ecartes
from pipelines.nuit.versions import frame_fingerprint
from pipelines.registre import (
    ADHERENTS,
    ADHESIONS,
    GROUPES,
    PARAMETRES,
    Registre,
    compute_deposants,
)
from specs.baremes.suivi import is_estimating
from specs.connaissances import Connaissances, read_connaissances
from warehouse.journal import CleEtape, is_derniere, record_etape
from warehouse.maison import Maison
from warehouse.nuits import PRESENT, Vue
from warehouse.publications import read_table_publiee
from warehouse.registre.lecture import (
    read_adherents,
    read_adhesions,
    read_centres_gestion,
    read_etablissements,
    read_groupes_paiement,
    read_mandats_depot,
    read_options_adherents,
    read_parametres_cdg,
)

ETAPE, ETAPE_PUBLIEE = "declarations", "part_publiee"
Scelle = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Entrees:
    """What the computation of one shard reads; `empreinte` changes when any of it does.

    `declarations`: contract `declarations_lues`; `factures`: contract `factures_fractionnement`;
    `releves`, `tdp`: of `read_releves`; `liens`: contract `liens_salaries`; `date_estimation`:
    decision date, where missing bases are estimated (each night then computes them again), or else
    None.
    """

    part: Part
    declarations: pl.DataFrame
    registre: Registre
    factures: pl.DataFrame
    releves: pl.DataFrame
    tdp: pl.DataFrame
    liens: pl.DataFrame
    date_estimation: date | None

    @property
    def empreinte(self) -> str:
        """Fingerprint of the inputs."""
        deposees = self.declarations, self.factures, self.releves, self.tdp, self.liens
        lues = frame_fingerprint(*deposees, *self.registre.frames)
        return f"{lues}:{self.date_estimation}" if self.date_estimation else lues

    def key(self, etape: str) -> CleEtape:
        """Key of a step on this shard with these inputs."""
        return step_key(etape, part_scope(self.part.numero), self.part, self.empreinte)


def read_reelles(maison: Maison, essais: Collection[str] = ()) -> pl.LazyFrame:
    """Declarations of the real conforming deposits, but those that were set aside.

    `essais`: test deposits that are taken as real.
    """
    with maison.moteur.connect() as connexion:
        ecartes = sorted(read_ecartes(connexion))
    reelles = ~pl.col("essai") | pl.col("depot").is_in(sorted(essais))
    return maison.lac.read("declarations_lues").filter(
        pl.col("conforme") & reelles & ~pl.col("depot").is_in(ecartes)
    )


def read_registre(maison: Maison, vue: Vue = PRESENT) -> Registre:
    """The registry as a night reads it, in the columns that the rules read."""
    version = vue.registre
    with maison.moteur.connect() as connexion:
        centres = read_centres_gestion(connexion, version).select("cdg", "siren")
        parametres = read_parametres_cdg(connexion, version).join(centres, on="cdg")
        return Registre(
            read_etablissements(connexion, version),
            read_adherents(connexion, version).select(ADHERENTS.names()),
            parametres.select(PARAMETRES.names()),
            read_adhesions(connexion, version).select(ADHESIONS.names()),
            read_groupes_paiement(connexion, version).select(GROUPES.names()),
            compute_deposants(
                read_options_adherents(connexion, version), read_mandats_depot(connexion, version)
            ),
        )


def read_entrees(maison: Maison, date_arrete: date) -> dict[int, Entrees]:
    """Inputs of every shard that has some, or that had some, by shard."""
    vue = open_ensemble(maison, date_arrete).vue
    registre, lues = read_registre(maison, vue), [f.collect() for f in _read_deposited(maison)]
    # A company whose only deposit was set aside has none left, and is to be settled all the same.
    avant = [maison.lac.read("declarations"), read_table_publiee(maison, "declarations")]
    integrees = [frame.select("siren").unique().collect() for frame in avant]
    sirens = pl.concat([*(frame.select("siren") for frame in lues), *integrees])
    numeros = sirens.select(part_of(maison.reglages.nombre_parts)).to_series().unique().sort()
    return {
        numero: _inputs(
            part,
            registre.of(part.siennes()),
            [frame.filter(part.siennes()) for frame in lues],
            date_arrete,
        )
        for numero, part in open_parts(maison, numeros.to_list(), date_arrete).items()
    }


def read_part(maison: Maison, part: Part, date_arrete: date) -> Entrees:
    """Inputs of one shard."""
    siennes = part.siennes()
    lues = [frame.filter(siennes).collect() for frame in _read_deposited(maison, part.essais)]
    return _inputs(part, read_registre(maison, part.vue).of(siennes), lues, date_arrete)


def read_liens(maison: Maison, part: Part) -> pl.DataFrame:
    """Links of the employees of the companies of a shard, in the order of the key."""
    liens = maison.lac.read("liens_salaries").filter(part.siennes()).collect()
    return liens.sort("siren", "identifiant")


def _read_deposited(maison: Maison, essais: Collection[str] = ()) -> list[pl.LazyFrame]:
    """What deposits brought: declarations, invoices, wage returns and their bases; the links.

    Wage returns need no `essais`: where a test is taken as real, its lines are in force.
    """
    return [
        read_reelles(maison, essais).sort("depot", "rang_declaration"),
        # What the nights before paid: tonight's leave is invoiced on the next call.
        read_table_publiee(maison, "factures_fractionnement").sort("facture", "rang"),
        *read_releves(maison),
        maison.lac.read("liens_salaries").sort("siren", "identifiant"),
    ]


def _inputs(
    part: Part, registre: Registre, lues: Sequence[pl.DataFrame], date_arrete: date
) -> Entrees:
    date_estimation = date_arrete if is_estimating() else None
    declarations, factures, releves, tdp, liens = lues
    return Entrees(part, declarations, registre, factures, releves, tdp, liens, date_estimation)


def plan_parts(maison: Maison, date_arrete: date, *_: object) -> list[int]:
    """Shards whose inputs are not those of what is published."""
    share_again(maison)
    entrees = read_entrees(maison, date_arrete)
    with maison.moteur.connect() as connexion:
        return [
            part
            for part, lues in sorted(entrees.items())
            if not is_derniere(connexion, lues.key(ETAPE_PUBLIEE))
        ]


def compute_part(
    entrees: Entrees, bases_lues: pl.DataFrame, savoir: Connaissances
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frames of the contracts `declarations` and `bases` for one shard."""
    registre = entrees.registre
    statuts = compute_statuts(
        entrees.declarations, registre.etablissements, savoir, registre.deposants
    )
    lues = linked(compute_bases(bases_lues, statuts, savoir), entrees.liens)
    statuts, retenues = take_open_months(statuts, lues, registre.etablissements)
    bases = [retenues, compute_factures(entrees.factures)]
    return (
        in_part("declarations", statuts, entrees.part),
        pl.concat([in_part("bases", frame, entrees.part) for frame in bases]),
    )


def read_bases(maison: Maison, declarations: pl.DataFrame) -> pl.DataFrame:
    """Bases read in the deposits of these declarations."""
    depots = declarations["depot"].unique().implode()
    return maison.lac.read("bases_lues").filter(pl.col("depot").is_in(depots)).collect()


def estimate_bases(
    maison: Maison,
    entrees: Entrees,
    declarations: pl.DataFrame,
    releves: pl.DataFrame,
    bases: pl.DataFrame,
) -> pl.DataFrame:
    """Estimations of the months that neither a DSN nor a wage return declares.

    `releves`: of `compute_releves`; `bases`: those of both.
    """
    jour = entrees.date_estimation
    if jour is None:
        return bases.clear()
    sources = read_sources(maison, entrees.registre, declarations, releves)
    calendrier = read_calendrier_suivi(sources, jour)
    attendues = compute_attendues(sources, calendrier, jour)
    return compute_estimations(attendues, bases, calendrier, jour)


def prepare_integration(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """The declarations that count and the bases that they bring, from scratch."""
    entrees = read_part(maison, part, date_arrete)

    def produce() -> Production:
        bases_lues = read_bases(maison, entrees.declarations)
        declarations, des_dsn = compute_part(entrees, bases_lues, read_connaissances())
        releves, des_tdp = compute_releves(
            entrees.releves, entrees.tdp, declarations, entrees.registre.etablissements
        )
        unies = pl.concat([as_bases(des_dsn), des_tdp])
        estimees = estimate_bases(maison, entrees, declarations, releves, unies)
        frames = {
            "declarations": declarations,
            "bases": pl.concat([unies, estimees]),
            "releves_tdp": releves,
            "bases_tdp": entrees.tdp,
            "constats_tdp": compute_constats(releves, des_tdp, declarations),
        }
        tables = {nom: in_part(nom, frame, part) for nom, frame in frames.items()}
        nombres = ("declarations", "bases", "releves_tdp")
        return Production(tables, {nom: len(tables[nom]) for nom in nombres})

    return Travail(entrees.empreinte, produce)


def seal_parts(maison: Maison, date_arrete: date) -> Scelle:
    """Shards whose present inputs were integrated: the next night has nothing to do on them."""
    entrees = read_entrees(maison, date_arrete)

    def record(connexion: Connection) -> None:
        for part in entrees.values():
            if is_derniere(connexion, part.key(ETAPE)):
                cle = part.key(ETAPE_PUBLIEE)
                record_etape(connexion, cle, resultat={}, empreinte="", duree_ms=0)

    return record
