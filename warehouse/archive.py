"""The archive of deposits: raw bytes under the name of their own SHA-256, written once.

Example: the bytes whose hash starts with `ab` are in ``depots/ab/<sha256>``, read-only.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from specs.octets import Octets, fingerprint, read_octets, windows
from warehouse.points_arret import crashpoint

SHA256 = re.compile(r"[0-9a-f]{64}")
LECTURE_SEULE = 0o440


class ArchiveCorrompue(RuntimeError):  # noqa: N818 - named in French
    """The bytes kept no longer have the hash that names them."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of immutable files, addressed by the SHA-256 of their content."""

    dossier: Path

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
        self._write_new(destination, octets)
        return sha256

    def open(self, sha256: str) -> Octets:
        """Content kept under `sha256`, verified from end to end; a large one stays on disk.

        Raises:
            FileNotFoundError: nothing is kept under this hash.
            ArchiveCorrompue: the bytes have changed since they were kept.
        """
        octets = read_octets(self.path(sha256))
        if fingerprint(octets) != sha256:
            raise ArchiveCorrompue(f"archive altérée : {sha256}")
        return octets

    def read(self, sha256: str) -> bytes:
        """The bytes of `open`, in memory."""
        return self.open(sha256)[:]

    def path(self, sha256: str) -> Path:
        """Where the content of this hash is, or would be; ValueError when it is not a SHA-256."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("une empreinte SHA-256 est attendue (64 caractères hexadécimaux)")
        return self.dossier / sha256[:2] / sha256

    def _write_new(self, destination: Path, octets: Octets) -> None:
        if not destination.parent.exists():
            destination.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_dossier(self.dossier)
        crashpoint("archive.avant_ecriture")
        descripteur, provisoire = tempfile.mkstemp(prefix=".en-cours-", dir=destination.parent)
        try:
            _write_synced(descripteur, octets)
            crashpoint("archive.avant_renommage")
            Path(provisoire).replace(destination)
        except BaseException:
            Path(provisoire).unlink(missing_ok=True)
            raise
        _sync_dossier(destination.parent)
        crashpoint("archive.apres_renommage")


def _write_synced(descripteur: int, octets: Octets) -> None:
    with os.fdopen(descripteur, "wb") as fichier:
        fichier.writelines(windows(octets))
        fichier.flush()
        os.fchmod(fichier.fileno(), LECTURE_SEULE)
        os.fsync(fichier.fileno())


def _sync_dossier(dossier: Path) -> None:
    """Make the renames of a folder survive a power cut."""
    descripteur = os.open(dossier, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
