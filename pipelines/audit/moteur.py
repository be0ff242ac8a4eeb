"""DuckDB opened on what is about to be published: the lake through Arrow, nothing copied before.

An audit reads these tables, by name:

- each table of the lake, as of the versions audited and without the companies held; `<table>_avant`
  is the same as last published, `<table>_entiere` has the companies held too;
- those of `references`, and the sums made once (`sommes`).

No extension is ever fetched, no file but the lake's is read; what does not fit in the memory that
is allowed waits on the disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.audit.audits import Audit
from specs.contrats import (
    TYPES,
    columns_detailed,
    columns_of,
    contrats,
    read_contrat,
    schema_polars,
)
from warehouse.lac import Lac

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AVANT, ENTIERE = "_avant", "_entiere"
MACROS = Path(__file__).with_name("macros.sql")
MEMOIRE, FILS = "1GB", 2
SQL = {
    pl.String(): "varchar", pl.Int64(): "bigint", pl.Boolean(): "boolean", pl.Date(): "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    """What is audited: versions of the lake, those last published, and `references` by name.

    A table of `versions` or `publiees` that is None has no row.
    """

    lac: Lac
    versions: Mapping[str, int | None]
    publiees: Mapping[str, int | None]
    references: Mapping[str, pl.DataFrame]


def list_tables(requetes: Sequence[Audit]) -> tuple[frozenset[str], frozenset[str]]:
    """(tables of the lake that these requests read, those that they read as last published).

    With the tables that they detail, which say whose their rows are.
    """
    mots = frozenset[str]().union(*(requete.mots for requete in requetes))
    lues = frozenset(nom for nom in contrats() if mots & {nom, nom + ENTIERE})
    avant = frozenset(nom for nom in contrats() if nom + AVANT in mots)
    return lues | _list_detailed(lues), avant | _list_detailed(avant)


def _list_detailed(tables: Iterable[str]) -> frozenset[str]:
    return frozenset(d for nom in tables if (d := read_contrat(nom).detaille) is not None)


@contextmanager
def open_moteur(
    sources: Sources, sommes: Sequence[Audit], audits: Sequence[Audit]
) -> Iterator[DuckDBPyConnection]:
    """A connection that has every table that these audits read, and the sums among them."""
    with TemporaryDirectory() as dossier:
        reglages: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMOIRE,
            "threads": min(FILS, pl.thread_pool_size()),
            "temp_directory": dossier,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=reglages) as connexion:
            connexion.execute(MACROS.read_text("utf-8"))
            for nom, frame in sources.references.items():
                connexion.register(nom, frame.to_arrow())
            lues = _keep_read(sommes, audits)
            _register_lake(connexion, sources, [*lues, *audits])
            for somme in lues:
                connexion.execute(f"create table {somme.nom} as ({somme.requete})")
            yield connexion


def _keep_read(sommes: Sequence[Audit], audits: Sequence[Audit]) -> list[Audit]:
    """The sums that these audits read, or that such a sum reads, in their order."""
    lues: list[Audit] = []
    for somme in reversed(sommes):
        if any(somme.nom in requete.mots for requete in (*audits, *lues)):
            lues.insert(0, somme)
    return lues


def _register_lake(
    connexion: DuckDBPyConnection, sources: Sources, requetes: Sequence[Audit]
) -> None:
    """The tables of the sources: copied when several requests read them, else read in place."""
    lectures = Counter(mot for requete in requetes for mot in requete.mots)
    vues = [(nom, "", version) for nom, version in sources.versions.items()]
    vues += [(nom, AVANT, version) for nom, version in sources.publiees.items()]
    tenues = bool(sources.references["tenues"].height)
    for table, suffixe, version in vues:
        nom = table + suffixe
        if not lectures[nom] + lectures[nom + ENTIERE]:
            continue
        lignes = _open(connexion, sources.lac, table, suffixe, version)
        if lectures[nom + ENTIERE]:
            connexion.execute(f"create temp view {nom}{ENTIERE} as {lignes}")
        if tenues:
            lignes += _without_held(connexion, sources, table, suffixe)
        forme = "table" if lectures[nom] > 1 else "view"
        connexion.execute(f"create temp {forme} {nom} as {lignes}")


def _without_held(connexion: DuckDBPyConnection, sources: Sources, table: str, suffixe: str) -> str:
    """What leaves out the rows of the companies held, and those that detail some of theirs."""
    if "siren" in columns_of(table):
        return " where siren is null or siren not in (from tenues)"
    contrat = read_contrat(table)
    if contrat.detaille is None:
        return ""
    versions = sources.publiees if suffixe else sources.versions
    dessus, cle = contrat.detaille, ", ".join(columns_detailed(contrat))
    lignes = _open(connexion, sources.lac, dessus, suffixe, versions[dessus])
    tenues = f"from ({lignes}) select {cle} where siren in (from tenues)"
    return f" where ({cle}) not in ({tenues})"


def _open(
    connexion: DuckDBPyConnection, lac: Lac, table: str, suffixe: str, version: int | None
) -> str:
    """Request of the rows in the columns of the contract; one got since that version is null."""
    vide = pl.DataFrame(schema=schema_polars(read_contrat(table)))
    lues = vide.to_arrow() if version is None else lac.dataset(table, version)
    nom = f"arrow_{table}{suffixe}"
    connexion.register(nom, lues)
    ecrites = frozenset(lues.schema.names)
    colonnes = (
        f'"{c.nom}"' if c.nom in ecrites else f'null::{SQL[TYPES[c.type]]} as "{c.nom}"'
        for c in read_contrat(table).colonnes
    )
    return f"from {nom} select {', '.join(colonnes)}"
