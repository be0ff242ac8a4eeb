"""Integration of one shard: which declarations count, which bases they bring.

A shard (`part`) is a remainder of the SIREN; a company is whole in one shard, whatever their
number. A shard is computed again when what it reads has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter_ns

import polars as pl

from pipelines.declarations.regles import compute_bases, compute_factures, compute_statuts
from pipelines.declarations.suivi import compute_attendues
from pipelines.declarations.suivi_bases import compute_estimations, compute_tdp, unite_sources
from pipelines.declarations.suivi_sources import read_calendrier_suivi, read_sources
from pipelines.parts import in_part
from pipelines.registre import ADHERENTS, ADHESIONS, GROUPES, PARAMETRES, Registre
from pipelines.versions import frame_fingerprint, version_code, version_specs
from specs.baremes.suivi import is_estimating
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import columns_of, contrats
from warehouse.journal import CleEtape, find_etape, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.registre.lecture import (
    read_adherents,
    read_adhesions,
    read_centres_gestion,
    read_etablissements,
    read_groupes_paiement,
    read_parametres_cdg,
)

ETAPE, ETAPE_PUBLIEE = "declarations", "part_publiee"
TABLES = tuple(nom for nom, contrat in contrats().items() if contrat.partition == ("part",))


@dataclass(frozen=True, slots=True)
class Entrees:
    """What the computation of one shard reads; `empreinte` changes when any of it does.

    `declarations`: contract `declarations_lues`; `factures`: contract `factures_fractionnement`;
    `tdp`: contract `bases_tdp`; `date_estimation`: decision date, where missing bases are estimated
    (each night then computes them again), or else None.
    """

    part: int
    declarations: pl.DataFrame
    registre: Registre
    factures: pl.DataFrame
    tdp: pl.DataFrame
    date_estimation: date | None

    @property
    def empreinte(self) -> str:
        """Fingerprint of the inputs."""
        lues = frame_fingerprint(self.declarations, *self.registre.frames, self.factures, self.tdp)
        return f"{lues}:{self.date_estimation}" if self.date_estimation else lues

    def key(self, etape: str, *precisions: str) -> CleEtape:
        """Key of a step on this shard with these inputs."""
        entrees = ":".join((self.empreinte, *precisions))
        return CleEtape(etape, f"part {self.part}", entrees, version_specs(), version_code())


def part_of(nombre_parts: int) -> pl.Expr:
    """Shard of a company: a remainder of its SIREN."""
    return pl.col("siren").cast(pl.Int64) % nombre_parts


def read_reelles(maison: Maison) -> pl.LazyFrame:
    """Declarations of the real conforming deposits."""
    return maison.lac.read("declarations_lues").filter(pl.col("conforme") & ~pl.col("essai"))


def read_registre(maison: Maison) -> Registre:
    """The registry as it stands, in the columns that the rules read."""
    with maison.moteur.connect() as connexion:
        centres = read_centres_gestion(connexion).select("cdg", "siren")
        return Registre(
            read_etablissements(connexion),
            read_adherents(connexion).select(ADHERENTS.names()),
            read_parametres_cdg(connexion).join(centres, on="cdg").select(PARAMETRES.names()),
            read_adhesions(connexion).select(ADHESIONS.names()),
            read_groupes_paiement(connexion).select(GROUPES.names()),
        )


def read_entrees(maison: Maison, date_arrete: date) -> dict[int, Entrees]:
    """Inputs of every shard that has some, by shard."""
    part = part_of(maison.reglages.nombre_parts)
    registre, lues = read_registre(maison), [f.collect() for f in _read_deposited(maison)]
    sirens = pl.concat(frame.select("siren") for frame in lues)
    return {
        numero: _inputs(
            numero,
            registre.of(part == numero),
            [frame.filter(part == numero) for frame in lues],
            date_arrete,
        )
        for numero in sirens.select(part).to_series().unique().sort()
    }


def read_part(maison: Maison, part: int, date_arrete: date) -> Entrees:
    """Inputs of one shard."""
    sienne = part_of(maison.reglages.nombre_parts) == part
    lues = [frame.filter(sienne).collect() for frame in _read_deposited(maison)]
    return _inputs(part, read_registre(maison).of(sienne), lues, date_arrete)


def _read_deposited(maison: Maison) -> list[pl.LazyFrame]:
    """What deposits brought: declarations, invoices of fractionnement, wage returns."""
    return [
        read_reelles(maison).sort("depot", "rang_declaration"),
        maison.lac.read("factures_fractionnement").sort("facture", "rang"),
        maison.lac.read("bases_tdp").sort("depot", "ligne"),
    ]


def _inputs(
    part: int, registre: Registre, lues: Sequence[pl.DataFrame], date_arrete: date
) -> Entrees:
    declarations, factures, tdp = lues
    date_estimation = date_arrete if is_estimating() else None
    return Entrees(part, declarations, registre, factures, tdp, date_estimation)


def plan_parts(maison: Maison, date_arrete: date) -> list[int]:
    """Shards whose inputs are not those of what is published."""
    _share_again(maison)
    entrees = read_entrees(maison, date_arrete)
    with maison.moteur.connect() as connexion:
        return [
            part
            for part, lues in sorted(entrees.items())
            if find_etape(connexion, lues.key(ETAPE_PUBLIEE)) is None
        ]


def _share_again(maison: Maison) -> None:
    """Put every row in its shard, when the number of shards has changed since it was written."""
    part = part_of(maison.reglages.nombre_parts)
    for table in TABLES:
        lignes = maison.lac.read(table)
        if lignes.filter(pl.col("part") != part).head(1).collect().height:
            maison.lac.write(table, lignes.with_columns(part.alias("part")).collect(), None)


def compute_part(
    entrees: Entrees, bases_lues: pl.DataFrame, savoir: Connaissances
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frames of the contracts `declarations` and `bases` for one shard."""
    statuts = compute_statuts(entrees.declarations, entrees.registre.etablissements, savoir)
    bases = [compute_bases(bases_lues, statuts, savoir), compute_factures(entrees.factures)]
    part = pl.lit(entrees.part, pl.Int64).alias("part")
    colonnes = columns_of("bases")
    return (
        statuts.with_columns(part).select(columns_of("declarations")),
        pl.concat([frame.with_columns(part).select(colonnes) for frame in bases]),
    )


def read_bases(maison: Maison, declarations: pl.DataFrame) -> pl.DataFrame:
    """Bases read in the deposits of these declarations."""
    depots = declarations["depot"].unique().implode()
    return maison.lac.read("bases_lues").filter(pl.col("depot").is_in(depots)).collect()


def complete_bases(
    maison: Maison, entrees: Entrees, declarations: pl.DataFrame, bases: pl.DataFrame
) -> pl.DataFrame:
    """`bases` of the DSN and those of other sources: wage returns, estimations."""
    registre = entrees.registre
    retours = compute_tdp(entrees.tdp, registre.etablissements)
    unies = unite_sources(declarations, bases, retours)
    if entrees.date_estimation is not None:
        sources = read_sources(maison, registre, declarations, retours)
        calendrier = read_calendrier_suivi(sources, entrees.date_estimation)
        attendues = compute_attendues(sources, calendrier, entrees.date_estimation)
        estimees = compute_estimations(attendues, unies, calendrier, entrees.date_estimation)
        unies = pl.concat([unies, estimees])
    return in_part("bases", unies, entrees.part)


def integrate_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write the declarations and the bases of one shard."""
    debut = perf_counter_ns()
    entrees = read_part(maison, part, date_arrete)
    cle = entrees.key(ETAPE)
    with maison.moteur.connect() as connexion:
        if find_etape(connexion, cle):
            return
    bases_lues = read_bases(maison, entrees.declarations)
    declarations, bases = compute_part(entrees, bases_lues, read_connaissances())
    bases = complete_bases(maison, entrees, declarations, bases)
    maison.lac.write("declarations", declarations, {"part": part})
    crashpoint("declarations.apres_declarations")
    maison.lac.write("bases", bases, {"part": part})
    crashpoint("declarations.apres_bases")
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat={"declarations": len(declarations), "bases": len(bases)},
            empreinte=frame_fingerprint(declarations, bases),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )
