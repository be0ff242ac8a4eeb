"""What a company can do in its own folder of the embedded server: a strict, flat file system.

`/depot/<nom>` can be written, `/retour/<nom>` read, and nothing else exists: no other folder, no
link made or followed.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import NoReturn

import asyncssh

from pipelines.reception.candidats import DEPOT, RETOUR

DROITS_DEPOT = 0o640
PROFONDEUR_FICHIER = 2


class Boite(asyncssh.SFTPServer):
    """SFTP session of one company, whose folder is `racine`."""

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes], racine: Path) -> None:
        super().__init__(chan)
        self.racine = os.fsencode(racine)

    def map_path(self, path: bytes) -> bytes:
        """Local path of a folder of the box or of a file in it; anything else is refused."""
        return posixpath.join(self.racine, *_parse_chemin(path))

    def realpath(self, path: bytes) -> bytes:
        """Canonical path, computed on the text alone."""
        return b"/" + b"/".join(_parse_chemin(path))

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """Open a file, never through a link, for writing in `depot/` only."""
        del attrs  # the rights are ours to choose
        ecriture = bool(pflags & (asyncssh.FXF_WRITE | asyncssh.FXF_APPEND))
        local = self._writable(path) if ecriture else self.map_path(path)
        options = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | _compute_options(pflags)
        descripteur = os.open(local, options, DROITS_DEPOT)
        return os.fdopen(descripteur, "r+b" if ecriture else "rb", buffering=0)

    def stat(self, path: bytes) -> os.stat_result:
        """Attributes, links not followed."""
        return os.lstat(self.map_path(path))

    def remove(self, path: bytes) -> None:
        """Take back a file of `depot/`."""
        _path(self._writable(path)).unlink()

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename inside `depot/`, without replacing anything."""
        ancien, nouveau = self._writable(oldpath), self._writable(newpath)
        if os.path.lexists(nouveau):
            raise asyncssh.SFTPFileAlreadyExists("un fichier de ce nom attend déjà")
        _path(ancien).rename(_path(nouveau))

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename inside `depot/`, replacing the former file as POSIX does."""
        _path(self._writable(oldpath)).replace(_path(self._writable(newpath)))

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Accepted for a file of `depot/` and without effect: common clients insist on it."""
        del attrs
        self._writable(path)

    def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """As `setstat`."""
        self.setstat(path, attrs)

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """As `setstat`."""

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> NoReturn:
        """Refused: a box is flat."""
        del path, attrs
        _refuse()

    def rmdir(self, path: bytes) -> NoReturn:
        """Refused."""
        del path
        _refuse()

    def symlink(self, oldpath: bytes, newpath: bytes) -> NoReturn:
        """Refused."""
        del oldpath, newpath
        _refuse()

    def link(self, oldpath: bytes, newpath: bytes) -> NoReturn:
        """Refused."""
        del oldpath, newpath
        _refuse()

    def readlink(self, path: bytes) -> NoReturn:
        """Refused: there is no link here."""
        del path
        _refuse()

    def open56(
        self, path: bytes, desired_access: int, flags: int, attrs: asyncssh.SFTPAttrs
    ) -> NoReturn:
        """Refused: version 3 of the protocol is the only one served."""
        del path, desired_access, flags, attrs
        _refuse()

    def _writable(self, path: bytes) -> bytes:
        parties = _parse_chemin(path)
        if len(parties) != PROFONDEUR_FICHIER or parties[0] != DEPOT.encode():
            _refuse()
        return self.map_path(path)


def _parse_chemin(path: bytes) -> list[bytes]:
    """Folder and name of a virtual path, once `.` and `..` are resolved on the text alone."""
    if b"\0" in path:
        _refuse()
    canonique = posixpath.normpath(posixpath.join(b"/", path)).lstrip(b"/")
    parties = canonique.split(b"/") if canonique else []
    if len(parties) > PROFONDEUR_FICHIER or parties[:1] not in (
        [],
        [DEPOT.encode()],
        [RETOUR.encode()],
    ):
        _refuse()
    return parties


def _compute_options(pflags: int) -> int:
    """POSIX flags of an SFTP opening."""
    lecture, ecriture = pflags & asyncssh.FXF_READ, pflags & asyncssh.FXF_WRITE
    options = os.O_RDWR if lecture and ecriture else os.O_WRONLY if ecriture else os.O_RDONLY
    for demande, option in (
        (asyncssh.FXF_APPEND, os.O_WRONLY | os.O_APPEND),
        (asyncssh.FXF_CREAT, os.O_CREAT),
        (asyncssh.FXF_TRUNC, os.O_TRUNC),
        (asyncssh.FXF_EXCL, os.O_EXCL),
    ):
        options |= option if pflags & demande else 0
    return options


def _path(local: bytes) -> Path:
    return Path(os.fsdecode(local))


def _refuse() -> NoReturn:
    raise asyncssh.SFTPPermissionDenied("hors de votre boîte, ou non permis")
