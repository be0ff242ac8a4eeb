"""The history of the files given to companies, as rows of `fichiers_emis`, month by month.

What answers a test is not published: the list of today has it from the journal, as deposits do.
A month is written again when what the journal counts of it is not what a reader would see: its
files, and how many were handed over, taken, at their term. No file of a month ever goes away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import polars as pl
from sqlalchemy import Column, ColumnElement, Connection, case, exists, func, or_, select

from specs.contrats import codes_of, columns_of, read_contrat, schema_polars
from warehouse.registre import read_adherents
from warehouse.registre.choisies import read_choisies
from warehouse.remises import ESSAI, MOIS, Remise
from warehouse.tables_registre import ADHERENTS
from warehouse.tables_sql import DESSINS, REMISES

TABLE = "fichiers_emis"
A_REMETTRE, REMIS, RETIRE, EXPIRE = codes_of(
    TABLE, "etat", "A_REMETTRE", "REMIS", "RETIRE", "EXPIRE"
)
COMPTES = ("fichiers", "remis", "retires", "expires")
_COLONNES = ("publication", "adherent", "nom", "sha256", "mois", "emis_le", "octets", "depot")
_LUES = [REMISES.c[nom] for nom in (*_COLONNES, "cdg", "mode")]
_DATES = (REMISES.c.remise_le, REMISES.c.retire_le, REMISES.c.expire_le)
_NOMS = {"remise_le": "remis_le", "retire_le": "retire_le", "expire_le": "expire_le"}
_PUBLIEES = or_(REMISES.c.mode.is_(None), REMISES.c.mode != ESSAI)


def find_mois(
    c: Connection,
    vues: pl.LazyFrame,
    nouvelles: Collection[str] = (),
    jusqu_a: str | None = None,
) -> list[str]:
    """Months that a reader of `vues` (contract `fichiers_emis`) would see otherwise; sorted.

    `nouvelles`: months of what is about to be owed. `jusqu_a`: see `read_mois`.
    """
    dates = [_until(date, jusqu_a) for date in _DATES]
    comptes = select(REMISES.c.mois, func.count(), *map(func.count, dates)).where(
        _PUBLIEES, *_drawn_by(c, jusqu_a)
    )
    journal = {mois: tuple(n) for mois, *n in c.execute(comptes.group_by(REMISES.c.mois))}
    dites = [pl.col(nom).count() for nom in ("remis_le", "retire_le", "expire_le")]
    lues = vues.group_by("mois").agg(pl.len(), *dites).collect()
    lac = {mois: tuple(n) for mois, *n in lues.iter_rows()}
    changes = {mois for mois in journal.keys() | lac.keys() if journal.get(mois) != lac.get(mois)}
    return sorted(changes.union(nouvelles))


def read_mois(
    c: Connection, mois: str, registre: int | None = None, jusqu_a: str | None = None
) -> pl.DataFrame:
    """Files of a month but those of tests (contract `fichiers_emis`).

    `jusqu_a`: as they were at that instant (UTC, ISO), whatever was drawn, handed over or taken
    since: a night does not tell what happens while it runs, which it would tell another time.
    """
    return _shape(_read(c, [REMISES.c.mois == mois, _PUBLIEES], jusqu_a), _members(c, registre))


def read_essais(c: Connection, registre: int | None = None) -> pl.DataFrame:
    """Files that answer tests, of all months (contract `fichiers_emis`)."""
    return _shape(_read(c, [REMISES.c.mode == ESSAI]), _members(c, registre))


def read_boites(c: Connection, boites: Collection[str]) -> pl.DataFrame:
    """Files of some boxes, of all months and modes, as they are by now (contract)."""
    siens = read_choisies(c, ADHERENTS, "numero_adherent", boites, "siren", "numero_adherent")
    membres = pl.DataFrame(siens, {"siren": pl.String, "numero_adherent": pl.String})
    return _shape(_read(c, [REMISES.c.adherent.in_(sorted(boites))]), membres)


def build_dues(
    c: Connection,
    remises: Iterable[Remise],
    instant: str,
    publication: int,
    registre: int | None = None,
) -> pl.DataFrame:
    """The rows of files about to be owed by a publication, but those of tests and those to draw."""
    lignes = [
        remise.tell()
        | {"emis_le": instant, "mois": instant[:MOIS], "publication": publication}
        | dict.fromkeys(("remis_le", "retire_le", "expire_le"))
        for remise in remises
        if remise.mode != ESSAI and not remise.a_dessiner
    ]
    return _shape(lignes, _members(c, registre))


def _members(c: Connection, registre: int | None) -> pl.DataFrame:
    return read_adherents(c, registre).select("siren", "numero_adherent")


def _read(
    c: Connection, conditions: Sequence[ColumnElement[bool]], jusqu_a: str | None = None
) -> list[dict[str, object]]:
    dates = [_until(date, jusqu_a).label(_NOMS[date.name]) for date in _DATES]
    requete = select(*_LUES, *dates).where(*conditions, *_drawn_by(c, jusqu_a))
    return [dict(ligne) for ligne in c.execute(requete).mappings()]


def _until(date: Column[str], jusqu_a: str | None) -> ColumnElement[str]:
    return date if jusqu_a is None else case((date <= jusqu_a, date))


def _drawn_by(c: Connection, jusqu_a: str | None) -> list[ColumnElement[bool]]:
    """Leaves out what was drawn later: a file is owed as of its order, once it is drawn."""
    if jusqu_a is None:
        return []
    plus_tard = DESSINS.c.dessine_le > jusqu_a
    if c.scalar(select(DESSINS.c.numero).where(plus_tard).limit(1)) is None:
        return []
    le_sien = (
        DESSINS.c.adherent == REMISES.c.adherent,
        DESSINS.c.nom == REMISES.c.nom,
        DESSINS.c.emis_le == REMISES.c.emis_le,
    )
    return [~exists().where(plus_tard, *le_sien)]


def _shape(lignes: Sequence[dict[str, object]], membres: pl.DataFrame) -> pl.DataFrame:
    """Rows of the journal in the columns of the contract, sorted by its key.

    `membres`: siren, numero_adherent, of these boxes at least.
    """
    contrat = read_contrat(TABLE)
    types = schema_polars(contrat)
    donnees = [nom for nom in columns_of(TABLE) if nom not in ("siren", "nature", "etat")]
    adherents = membres.select("siren", adherent="numero_adherent")
    etat = (
        pl.when(pl.col("expire_le").is_not_null())
        .then(pl.lit(EXPIRE))
        .when(pl.col("retire_le").is_not_null())
        .then(pl.lit(RETIRE))
        .when(pl.col("remis_le").is_not_null())
        .then(pl.lit(REMIS))
        .otherwise(pl.lit(A_REMETTRE))
    )
    frame = pl.DataFrame(lignes, {nom: types[nom] for nom in donnees})
    return (
        frame.join(adherents, on="adherent", how="left")
        .with_columns(etat.alias("etat"), nature=pl.col("nom").str.extract(r"^([^_.]+)"))
        .select(columns_of(TABLE))
        .sort(contrat.cle)
    )
