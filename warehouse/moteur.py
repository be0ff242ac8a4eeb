"""The SQL engine of the registry and journal: SQLite by default, PostgreSQL in production.

`moteur.begin()` is a writer. On SQLite it takes the write lock at once, so that what it has read
is still true when it writes; `moteur.connect()` only reads and never waits for a writer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zlib import crc32

from sqlalchemy import (
    CTE,
    Connection,
    Engine,
    String,
    column,
    create_engine,
    event,
    func,
    select,
    values,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

ATTENTE_MS = 60_000
ECRITURE = "caisse_ecriture"
PRAGMAS = (
    f"PRAGMA busy_timeout = {ATTENTE_MS}",  # first: the others may have to wait
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


class _MoteurSqlite(Engine):
    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self.connect() as connexion:
            connexion.execution_options(**{ECRITURE: True})
            with connexion.begin():
                yield connexion


def open_moteur(url: str) -> Engine:
    """Engine for an SQLAlchemy address, `sqlite:///...` or `postgresql+psycopg://...`."""
    # The values of a statement may be personal: never in an exception.
    moteur = create_engine(url, hide_parameters=True)
    if moteur.dialect.name != "sqlite":
        return moteur
    sqlite = _MoteurSqlite(moteur.pool, moteur.dialect, moteur.url, hide_parameters=True)
    event.listen(sqlite, "connect", _configure)
    event.listen(sqlite, "begin", _begin)
    return sqlite


def lock_writers(c: Connection, objet: str) -> None:
    """Wait to be the only writer of `objet` until the end of the transaction.

    PostgreSQL only: on SQLite `moteur.begin()` is already the only writer of everything.
    """
    if c.dialect.name == "postgresql":
        c.execute(select(func.pg_advisory_xact_lock(crc32(objet.encode()))))


def searched(noms: Sequence[str], lignes: Sequence[tuple[str, ...]]) -> CTE:
    """Rows of texts to join a table with, by its index.

    An IN of rows, or of names that others have too, would have the engine read much more.
    """
    colonnes = (column(nom, String) for nom in noms)
    return values(*colonnes, name="cherchees").data(lignes).cte()


def _configure(dbapi: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: `_begin` does, with the right lock.
    dbapi.isolation_level = None
    curseur = dbapi.cursor()
    for pragma in PRAGMAS:
        curseur.execute(pragma)
    curseur.close()


def _begin(c: Connection) -> None:
    ecriture = c.get_execution_options().get(ECRITURE, False)
    c.exec_driver_sql("BEGIN IMMEDIATE" if ecriture else "BEGIN")
