"""One process at a time, in a whole fund: locks that die with the process that holds them.

On PostgreSQL they are its advisory locks, each on a connection of its own: every machine of a fund
sees them. On SQLite, whose fund is of one machine, they are locks on files of the home.

    with maison.verrous.wait(Verrou.CONTROLE): ...
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, NullPool, create_engine, func, select
from sqlalchemy.exc import DBAPIError

POSTGRESQL = "postgresql"
# Two numbers name an advisory lock; the first is that of all of ours.
FAMILLE = crc32(b"caisse") >> 1
# A machine that is gone says nothing: the server, which asks it after two hours by default, is to
# free its locks within a minute.
VEILLE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


class Verrou(StrEnum):
    """What one process at a time does; on SQLite, the name of its file in the home."""

    OUVERTURE = ".ouverture"  # migrate the base, draw the keys
    CREATION = ".creation"  # make a table of the lake
    RECEPTION = "reception.verrou"  # look at the boxes
    CONTROLE = "controle.verrou"  # control a lot
    NUIT = "nuit.verrou"  # pass nights, one at a time or by a scheduler
    OUVRIERS = "ouvriers.verrou"  # shared by the workers of a cluster


class VerrouPris(RuntimeError):  # noqa: N818 - named in French
    """Another process holds this lock."""


class VerrouPerdu(RuntimeError):  # noqa: N818 - named in French
    """The base has freed a lock before its holder did: what it was doing has to be done again."""


@dataclass(frozen=True, slots=True)
class Verrous:
    """The locks of a home: `dossier` holds their files, unless `url` is a PostgreSQL base's."""

    dossier: Path
    url: str = field(default="", repr=False)  # may hold a password

    def wait(self, verrou: Verrou) -> AbstractContextManager[int]:
        """Wait to be the only holder."""
        return self._hold(verrou, attend=True, partage=False)

    def take(self, verrou: Verrou, *, partage: bool = False) -> AbstractContextManager[int]:
        """Be the only holder, or one of those who share it; VerrouPris when another one is not so.

        The descriptor that holds it is given: a child process that inherits it holds the lock too,
        until it ends, even once its parent was killed.
        """
        return self._hold(verrou, attend=False, partage=partage)

    def _hold(self, verrou: Verrou, *, attend: bool, partage: bool) -> AbstractContextManager[int]:
        if self.url.startswith(POSTGRESQL):
            return _hold_in_base(self.url, verrou, attend=attend, partage=partage)
        return _hold_file(self.dossier / verrou, attend=attend, partage=partage)


@contextmanager
def _hold_file(chemin: Path, *, attend: bool, partage: bool) -> Iterator[int]:
    """A lock on this file, which is made when it is not there."""
    mode = fcntl.LOCK_SH if partage else fcntl.LOCK_EX
    with chemin.open("w") as fichier:
        try:
            fcntl.flock(fichier, mode if attend else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            raise VerrouPris(chemin.name) from None
        yield fichier.fileno()


@contextmanager
def _hold_in_base(url: str, verrou: Verrou, *, attend: bool, partage: bool) -> Iterator[int]:
    """An advisory lock of a connection that does nothing else: its end, however, frees it."""
    moteur = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"options": VEILLE},
    )
    suffixe = "_shared" if partage else ""
    cle = (FAMILLE, crc32(verrou.encode()) >> 1)
    with moteur.connect() as connexion:
        essaie = getattr(func, f"pg_{'' if attend else 'try_'}advisory_lock{suffixe}")
        if connexion.scalar(select(essaie(*cle))) is False:
            raise VerrouPris(verrou.value)
        yield _descriptor_of(connexion)
        rend = getattr(func, f"pg_advisory_unlock{suffixe}")
        try:
            connexion.scalar(select(rend(*cle)))
        except DBAPIError as erreur:
            raise VerrouPerdu(f"verrou perdu : {verrou.value}") from erreur


def _descriptor_of(connexion: Connection) -> int:
    lien: Any = connexion.connection.driver_connection
    return int(lien.fileno())
