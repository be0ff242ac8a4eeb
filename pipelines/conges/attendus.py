"""Whom a night has something to compute for, when nothing came since the night before.

What the employees of a shard acquire and are paid depends on what the step reads, on what it has
published of them, and on the day. Where the first is the same, those remain of whom what is
published has changed, who have a date that falls due, or whom each day may change (`list_mobiles`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

import polars as pl

from pipelines.conges.argent import RECUES, list_mobiles, read_comptes, read_designes
from pipelines.conges.lecture import RECUS, read_shard
from pipelines.conges.metier import CONGES
from pipelines.conges.regles.acquisition.certificats import is_fixed
from pipelines.conges.suivi import read_suivi
from pipelines.nuit.parts import Part
from pipelines.nuit.reperes import Repere, read_repere
from specs.connaissances import read_connaissances
from warehouse.apercu import LacApercu
from warehouse.maison import Maison
from warehouse.nuits import PRESENT
from warehouse.publications import Publication, read_publication, read_table_publiee

ETAPE = "conges"
(LUES_DU_LAC,) = (etape.lit for etape in CONGES.etapes if etape.nom == ETAPE)
SIENNES = (
    "certificats",
    "droits",
    "demandes_conges",
    "prises_conges",
    "decomptes",
    "lignes_decompte",
    "attestations_fiscales",
    "dus_conges",
    "factures_fractionnement",
)
# The transfers are not there: each day may change the employees whose statements they pay.
LUES_PUBLIEES = ("lignes_appel", "creances")


def find_repere(maison: Maison, part: Part, date_arrete: date) -> Repere | None:
    """What tonight computes a shard on; None in a view, of some alone, or when no night is open."""
    if not part.entiere or part.vue == PRESENT or isinstance(maison.lac, LacApercu):
        return None
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion)
    numero, versions = (publication.numero, publication.versions) if publication else (0, {})
    lues = (
        part.nombre,
        part.vue,
        part.precisions,
        sorted(part.figes),
        [maison.lac.version(table) for table in LUES_DU_LAC],
        [versions.get(table) for table in LUES_PUBLIEES],
        f"{date_arrete:%Y-%m}",
        is_fixed(date_arrete, read_connaissances()),
    )
    fonds = hashlib.sha256(repr(lues).encode()).hexdigest()
    return Repere(fonds, date_arrete, numero)


def list_attendus(maison: Maison, part: Part, repere: Repere | None) -> frozenset[str] | None:
    """Employees whose leave tonight may change; None when it may change anybody's."""
    if repere is None or part.tenues or part.figes:
        return None
    avant = read_repere(maison, ETAPE, part)
    if avant is None or avant.fonds != repere.fonds or avant.date_arrete >= repere.date_arrete:
        return None
    with maison.moteur.connect() as connexion:
        connue = read_publication(connexion, avant.publication)
        derniere = read_publication(connexion)
    if connue is None or derniere is None or not _is_published(maison, part, derniere):
        return None
    dits = (
        *_read_changes(maison, part, connue, derniere),
        _read_echus(maison, part, avant.date_arrete, repere.date_arrete),
        *_read_mobiles(maison, part, repere.date_arrete),
    )
    return frozenset().union(*(frame["salarie"] for frame in dits))


def _is_published(maison: Maison, part: Part, publication: Publication) -> bool:
    """Whether a publication has what was last computed of the shard: a night may have failed."""
    for table in SIENNES:
        ici, version = maison.lac.version(table), publication.versions.get(table)
        if ici == version:
            continue
        fichiers = maison.lac.list_files(table).filter(part.rangees())
        if version is not None:
            publies = maison.lac.list_files(table, version).filter(part.rangees())
            fichiers = pl.concat(
                [
                    fichiers.join(publies, on="path", how="anti"),
                    publies.join(fichiers, on="path", how="anti"),
                ]
            )
        if fichiers.height:
            return False
    return True


def _read_changes(
    maison: Maison, part: Part, avant: Publication, apres: Publication
) -> Iterator[pl.DataFrame]:
    """Rows of the shard that one of two publications has, and not the other."""
    for table in SIENNES:
        if avant.versions.get(table) == apres.versions.get(table):
            continue
        a, b = (
            read_table_publiee(maison, table, publication.numero).filter(part.siennes()).collect()
            for publication in (avant, apres)
        )
        yield a.join(b, on=a.columns, how="anti", nulls_equal=True)
        yield b.join(a, on=a.columns, how="anti", nulls_equal=True)


def _read_echus(maison: Maison, part: Part, avant: date, jour: date) -> pl.DataFrame:
    """Certificates, as last computed, that began or ended after a night and by another."""
    bornes = (pl.col(nom).is_between(avant, jour, closed="right") for nom in ("debut", "fin"))
    return (
        maison.lac.read("certificats").filter(part.siennes(), pl.any_horizontal(*bornes)).collect()
    )


def _read_mobiles(maison: Maison, part: Part, jour: date) -> Iterator[pl.DataFrame]:
    """What `tell_day` looks at, and the requests published."""
    suivi = read_suivi(maison)
    yield suivi.read(maison, part, "demandes_conges")
    yield suivi.read(maison, part, "decomptes")
    yield read_shard(maison, part, RECUES).select("salarie").collect()
    yield _read_reportes(maison, part)
    prises = suivi.read(maison, part, "prises_conges")
    if prises.height:
        yield list_mobiles(prises, read_comptes(maison, part), read_designes(maison, part, jour))


def _read_reportes(maison: Maison, part: Part) -> pl.DataFrame:
    """Certificates received that tell days carried over."""
    dits = maison.lac.read("reports_lus").select("depot", rang="ligne")
    return read_shard(maison, part, RECUS).join(dits, on=["depot", "rang"], how="semi").collect()
