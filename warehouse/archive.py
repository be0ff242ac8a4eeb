"""The archive of deposits: raw bytes under the name of their own SHA-256, written once.

Example: the bytes whose hash starts with `ab` are in ``depots/ab/<sha256>``, read-only. They are
sealed there (`warehouse.coffre`), each with its own salt; those of before it was are in clear. The
hash is that of the clear bytes, checked whenever they are read.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from specs.octets import Octets, fingerprint
from warehouse.coffre.contenus import open_contenu, seal
from warehouse.coffre.trousseau import SceauRompu, Trousseau
from warehouse.disque import PROVISOIRE, sync_disque, sync_dossier, sync_fichier
from warehouse.points_arret import crashpoint

SHA256 = re.compile(r"[0-9a-f]{64}")
LECTURE_SEULE = 0o440
SEULS = 8  # as many files are synchronised one by one; more, all that waits on the disk at once


class ArchiveCorrompue(RuntimeError):  # noqa: N818 - named in French
    """The bytes kept no longer have the hash that names them."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of immutable files, addressed by the SHA-256 of their content.

    `trousseau`: the keys that they are sealed and opened with.
    """

    dossier: Path
    trousseau: Trousseau

    def write(self, octets: Octets) -> str:
        """Keep `octets` and return their SHA-256 (64 hexadecimal characters).

        The file appears whole or not at all, and is on disk when this returns. Content already
        kept is not written again; ArchiveCorrompue when what is there is not what it should be.
        """
        sha256 = fingerprint(octets)
        destination = self.path(sha256)
        if destination.exists():
            self.open(sha256)
            return sha256
        self._write_new(destination, octets, sha256)
        return sha256

    @contextmanager
    def together(self) -> Iterator[Lot]:
        """Keep many contents: all are on disk when the body ends, none when it fails.

        with archive.together() as lot:
            empreintes = [lot.write(octets) for octets in contenus]
        """
        lot = Lot(self)
        try:
            yield lot
            lot.keep()
        finally:
            lot.forget()

    def open(self, sha256: str) -> Octets:
        """Content kept under `sha256`, verified from end to end; a large one stays on disk.

        Raises:
            FileNotFoundError: nothing is kept under this hash.
            ArchiveCorrompue: the bytes have changed since they were kept.
            CoffreFerme: the key that they are sealed with is not there.
        """
        try:
            octets = open_contenu(self.path(sha256), sha256, self.trousseau)
            fidele = fingerprint(octets) == sha256
        except SceauRompu:
            fidele = False
        if not fidele:
            raise ArchiveCorrompue(f"archive altérée : {sha256}")
        return octets

    def read_tete(self, sha256: str, taille: int) -> bytes:
        """The first bytes of `open`; of a large one, what follows them is not verified."""
        try:
            return open_contenu(self.path(sha256), sha256, self.trousseau)[:taille]
        except SceauRompu:
            raise ArchiveCorrompue(f"archive altérée : {sha256}") from None

    def read(self, sha256: str) -> bytes:
        """The bytes of `open`, in memory."""
        return self.open(sha256)[:]

    def list_contents(self) -> Iterator[str]:
        """SHA-256 of every content kept, sorted."""
        fichiers = sorted(self.dossier.glob("[0-9a-f][0-9a-f]/*"))
        return (f.name for f in fichiers if SHA256.fullmatch(f.name))

    def path(self, sha256: str) -> Path:
        """Where the content of this hash is, or would be; ValueError when it is not a SHA-256."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("une empreinte SHA-256 est attendue (64 caractères hexadécimaux)")
        return self.dossier.joinpath(sha256[:2], sha256)

    def _write_new(self, destination: Path, octets: Octets, sha256: str) -> None:
        if not destination.parent.exists():
            destination.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_dossier(self.dossier)
        crashpoint("archive.avant_ecriture")
        descripteur, provisoire = tempfile.mkstemp(prefix=PROVISOIRE, dir=destination.parent)
        try:
            _write(descripteur, seal(octets, sha256, self.trousseau), sync=True)
            crashpoint("archive.avant_renommage")
            Path(provisoire).replace(destination)
        except BaseException:
            Path(provisoire).unlink(missing_ok=True)
            raise
        sync_dossier(destination.parent)
        crashpoint("archive.apres_renommage")


@dataclass(frozen=True, slots=True)
class Lot:
    """Contents that an archive is about to keep, with a few synchronisations for all of them.

    Threads may write together. Files are renamed once their content is on disk, as one alone is.
    """

    archive: Archive
    _provisoires: dict[str, Path] = field(default_factory=dict, init=False, repr=False)

    def write(self, octets: Octets) -> str:
        """SHA-256 of `octets`, which the archive keeps when the lot ends; see `Archive.write`."""
        sha256 = fingerprint(octets)
        if self.archive.path(sha256).exists():
            self.archive.open(sha256)
            return sha256
        self._stage(sha256, octets)
        return sha256

    def seal_again(self, sha256: str) -> None:
        """Put a content under the current key when the lot ends; until then it is as it was."""
        self._stage(sha256, self.archive.open(sha256))

    def _stage(self, sha256: str, octets: Octets) -> None:
        """Write a content beside its place; what could not be written whole is never kept.

        Threads that have the same content at once write it each, and one is kept: none stands on
        what another may fail at.
        """
        if sha256 in self._provisoires:
            return
        crashpoint("archive.avant_ecriture")
        descripteur, nom = tempfile.mkstemp(prefix=PROVISOIRE, dir=self.archive.dossier)
        provisoire = Path(nom)
        try:
            _write(descripteur, seal(octets, sha256, self.archive.trousseau))
        except BaseException:
            provisoire.unlink(missing_ok=True)
            raise
        if self._provisoires.setdefault(sha256, provisoire) is not provisoire:
            provisoire.unlink()

    def keep(self) -> None:
        """Put every content on disk, then under its name."""
        self._sync(self._provisoires.values())
        crashpoint("archive.avant_renommage")
        dossiers = {self.archive.dossier}
        for sha256, provisoire in self._provisoires.items():
            destination = self.archive.path(sha256)
            destination.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            provisoire.replace(destination)
            dossiers.add(destination.parent)
        self._sync(dossiers)
        crashpoint("archive.apres_renommage")
        self._provisoires.clear()

    def forget(self) -> None:
        """Leave nothing of what was not kept."""
        for provisoire in self._provisoires.values():
            provisoire.unlink(missing_ok=True)

    def _sync(self, chemins: Collection[Path]) -> None:
        if len(self._provisoires) > SEULS:
            sync_disque(self.archive.dossier)
            return
        for chemin in chemins if self._provisoires else ():
            sync_fichier(chemin)


def _write(descripteur: int, morceaux: Iterable[bytes], *, sync: bool = False) -> None:
    with os.fdopen(descripteur, "wb") as fichier:
        fichier.writelines(morceaux)
        fichier.flush()
        os.fchmod(fichier.fileno(), LECTURE_SEULE)
        if sync:
            os.fsync(fichier.fileno())
