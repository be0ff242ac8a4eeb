"""One process at a time, in a whole fund: locks that die with the process that holds them.

On PostgreSQL they are its advisory locks, each on a connection of its own: every machine of a fund
sees them. On SQLite, whose fund is of one machine, they are locks on files of the home. A lock may
have ranks, a number each: as many locks.

    with maison.verrous.wait(Verrou.CONTROLE): ...
"""

from __future__ import annotations

import fcntl
import os
import struct
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
# Two numbers name an advisory lock: that of ours, and the rank.
FAMILLE = "caisse"
FLOCK = "hhqqi4x"  # fcntl(2): type, whence, start, length, process (0: the open file)
# A machine that is gone says nothing: the server, which asks it after two hours by default, is to
# free its locks within a minute.
VEILLE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


class Verrou(StrEnum):
    """What one process at a time does; on SQLite, the name of its file in the home."""

    OUVERTURE = ".ouverture"  # migrate the base, draw the keys
    CREATION = ".creation"  # make a table of the lake
    RECEPTION = "reception.verrou"  # look at the boxes
    CONTROLE = "controle.verrou"  # control lots; shared by those of one plan
    LOT = "lots.verrou"  # control the lot that begins with the deposit of this rank; decide of one
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

    def wait(
        self, verrou: Verrou, rang: int = 0, *, partage: bool = False
    ) -> AbstractContextManager[int]:
        """Wait to be the only holder, or one of those who share it."""
        return self._hold(verrou, rang, attend=True, partage=partage)

    def take(self, verrou: Verrou, *, partage: bool = False) -> AbstractContextManager[int]:
        """Be the only holder, or one of those who share it; VerrouPris when another one is not so.

        The descriptor that holds it is given: a child process that inherits it holds the lock too,
        until it ends, even once its parent was killed.
        """
        return self._hold(verrou, 0, attend=False, partage=partage)

    def _hold(
        self, verrou: Verrou, rang: int, *, attend: bool, partage: bool
    ) -> AbstractContextManager[int]:
        if self.url.startswith(POSTGRESQL):
            return _hold_in_base(self.url, verrou, rang, attend=attend, partage=partage)
        return _hold_file(self.dossier / verrou, rang, attend=attend, partage=partage)


@contextmanager
def _hold_file(chemin: Path, rang: int, *, attend: bool, partage: bool) -> Iterator[int]:
    """A lock on this file, which is made when it is not there: on the byte of this rank.

    It is of the open file, not of the process: threads exclude one another, children inherit it.
    """
    with chemin.open("a+") as fichier:
        mode = fcntl.F_RDLCK if partage else fcntl.F_WRLCK
        octet = struct.pack(FLOCK, mode, os.SEEK_SET, rang, 1, 0)
        try:
            fcntl.fcntl(fichier, fcntl.F_OFD_SETLKW if attend else fcntl.F_OFD_SETLK, octet)
        except BlockingIOError:
            raise VerrouPris(chemin.name) from None
        yield fichier.fileno()


@contextmanager
def _hold_in_base(
    url: str, verrou: Verrou, rang: int, *, attend: bool, partage: bool
) -> Iterator[int]:
    """An advisory lock of a connection that does nothing else: its end, however, frees it."""
    moteur = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"options": VEILLE},
    )
    suffixe = "_shared" if partage else ""
    cle = (crc32(f"{FAMILLE} {verrou}".encode()) >> 1, rang)
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
