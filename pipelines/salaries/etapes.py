"""Identities of a shard, links of the whole fund, then contracts and absences of a shard.

Identities come before the declarations, whose bases bear the employee that the links designate.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.declarations.etapes import read_liens, read_reelles, read_registre
from pipelines.declarations.regles.statuts import compute_statuts
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.partage import share_again
from pipelines.nuit.parts import Part, in_part, open_parts, part_of
from pipelines.nuit.versions import frame_fingerprint
from pipelines.salaries.decisions import read_decides
from pipelines.salaries.lecture import read_sources
from pipelines.salaries.mois import TABLE as MOIS
from pipelines.salaries.mois import Mois, mark_mois, read_mois
from pipelines.salaries.regles.identites import compute_identites, compute_mensuelles, keep_counting
from pipelines.salaries.regles.rapprochements import compute_rapprochements
from pipelines.salaries.regles.retenues import (
    compute_retenues,
    compute_salaries,
    keep_ends,
    keep_monthly,
    list_ends,
)
from specs.caisse import read_caisse
from specs.connaissances import read_connaissances
from warehouse.maison import Maison

IDENTITES, SALARIES = "identites", "salaries"
MENSUELLES = "identites_mensuelles"
# In writing order: the contracts say, when all is written, that the month is.
RETENUES = {
    "absences": "absences_lues",
    "remunerations": "remunerations_lues",
    "contrats": "contrats_lus",
}


def plan_identites(maison: Maison, date_arrete: date, *_: object) -> list[int]:
    """Shards of which a month says something else of its individuals."""
    share_again(maison)
    declarees = [read_reelles(maison), maison.lac.read(MOIS).filter(etape=IDENTITES)]
    sirens = pl.concat(frame.select("siren") for frame in declarees).drop_nulls()
    numero = part_of(maison.reglages.nombre_parts).alias("part")
    numeros = sirens.select(numero).unique().collect()["part"].sort().to_list()
    parts = open_parts(maison, numeros, date_arrete)
    return [n for n, part in parts.items() if _read_identified(maison, part)[1].perimes]


def _read_identified(maison: Maison, part: Part) -> tuple[pl.DataFrame, Mois]:
    """The declarations of a shard whose individuals count, and its months."""
    siennes, savoir = part.siennes(), read_connaissances()
    registre = read_registre(maison, part.vue).of(siennes)
    lues = read_reelles(maison).filter(siennes).collect()
    statuts = compute_statuts(lues, registre.etablissements, savoir, registre.deposants)
    comptent = keep_counting(statuts)
    return comptent, read_mois(maison, part, IDENTITES, comptent)


def prepare_identites(maison: Maison, part: Part, _date_arrete: date) -> Travail | None:
    """Who each company of the shard declared, and what it says of their identifiers."""
    comptent, mois = _read_identified(maison, part)
    if not mois.perimes:
        return None
    gardees = ~pl.col("mois").is_in(mois.perimes)

    def produce() -> Production:
        nouvelles = comptent.filter(~gardees)
        lues = _read_of(maison, "identites_lues", nouvelles)
        mensuelles = in_part(MENSUELLES, compute_mensuelles(lues, nouvelles), part)
        autres = maison.lac.read(MENSUELLES).filter(part.ecrites() & gardees).collect()
        toutes = pl.concat([autres, mensuelles])
        identites, dits = compute_identites(toutes), compute_rapprochements(toutes)
        return Production(
            {
                MENSUELLES: mensuelles,
                "identites": in_part("identites", identites, part),
                "rapprochements_salaries": in_part("rapprochements_salaries", dits, part),
                MOIS: mark_mois(mois, part),
            },
            {"identites": len(identites)},
            {MENSUELLES: mois.perimes, MOIS: [IDENTITES]},
        )

    return Travail(mois.empreinte, produce)


def _read_of(maison: Maison, table: str, declarations: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table of lots, of the deposits of these declarations; only their lots are read."""
    depots = declarations["depot"].unique().implode()
    siens = pl.col("depot").is_in(depots)
    lots = maison.lac.read("declarations_lues").filter(siens).select("lot").unique().collect()
    lues = maison.lac.read(table).filter(pl.col("lot").is_in(lots["lot"].implode()), siens)
    return lues.collect()


def prepare_liens(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """What each declared identifier designates, over companies and months."""
    sources = read_sources(maison, read_decides(maison, part.vue.decisions))

    def produce() -> Production:
        liens = sources.compute()
        return Production({"liens_salaries": liens}, {"liens": len(liens)})

    lues = frame_fingerprint(sources.rapprochements, sources.identites, sources.decides)
    return Travail(lues, produce)


def prepare_salaries(maison: Maison, part: Part, _date_arrete: date) -> Travail | None:
    """Employees of the shard; contracts, absences and pays of the months that changed."""
    declarations = maison.lac.read("declarations").filter(part.ecrites()).collect()
    liens = read_liens(maison, part)
    fins = list_ends(declarations)
    finis = keep_ends(fins, _read_of(maison, "contrats_lus", fins)) if fins.height else None
    mensuelles = keep_monthly(declarations)
    retenues = mensuelles if finis is None else pl.concat([mensuelles, finis])
    mois = read_mois(maison, part, SALARIES, retenues, _tell_liens(liens))
    identites = maison.lac.read("identites").filter(part.ecrites()).collect()
    salaries = in_part("salaries", compute_salaries(identites, liens), part)
    ecrits = maison.lac.read("salaries").filter(part.ecrites()).collect().sort("siren", "salarie")
    if not mois.perimes and salaries.equals(ecrits):
        return None

    def produce() -> Production:
        nouvelles = retenues.filter(pl.col("mois").is_in(mois.perimes))
        contrats = _read_of(maison, "contrats_lus", nouvelles)
        tables = {}
        for table, lue in RETENUES.items():
            lues = contrats if table == "contrats" else _read_of(maison, lue, nouvelles)
            retenue = compute_retenues(
                table, lues, contrats, nouvelles, liens, read_caisse().code_caisse
            )
            tables[table] = in_part(table, retenue, part)
        tables |= {"salaries": salaries, MOIS: mark_mois(mois, part)}
        periodes = dict.fromkeys(RETENUES, mois.perimes) | {MOIS: [SALARIES]}
        return Production(tables, {"salaries": len(salaries)}, periodes)

    return Travail(f"{mois.empreinte}:{frame_fingerprint(salaries, ecrits)}", produce)


def _tell_liens(liens: pl.DataFrame) -> Mapping[str, str]:
    """What the links of each company are, in short."""
    dits = liens.sort("siren", "identifiant").partition_by("siren", as_dict=True)
    return {
        str(siren): hashlib.sha256(json.dumps(siens.rows()).encode()).hexdigest()[:12]
        for (siren,), siens in dits.items()
    }
