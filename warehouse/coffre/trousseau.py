"""The keys of the vault: several can be read with, the last one is written with.

They are the files ``cles/coffre-0001.cle``, ``cles/coffre-0002.cle``... of the home (32 bytes
each), or those of the setting `cles_coffre`. What is sealed bears the name of its key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.disque import PROVISOIRE, sync_dossier
from warehouse.points_arret import crashpoint

if TYPE_CHECKING:
    from warehouse.reglages import Reglages

OCTETS_CLE = 32
OCTETS_NOM = 8
DOSSIER = "cles"
MOTIF = "coffre-[0-9][0-9][0-9][0-9].cle"


class CoffreFerme(RuntimeError):  # noqa: N818 - named in French
    """What is sealed can't be opened: its key is not there. Message in French."""


class SceauRompu(RuntimeError):  # noqa: N818 - named in French
    """What is sealed is no longer what was sealed, or not in its place. Message in French."""


@dataclass(frozen=True)
class Cle:
    """A key of the vault; its name says nothing of it."""

    secret: bytes = field(repr=False)

    @cached_property
    def nom(self) -> bytes:
        """Its name: 8 bytes."""
        return hashlib.sha256(b"coffre" + self.secret).digest()[:OCTETS_NOM]

    def derive(self, usage: bytes) -> bytes:
        """A key of its own for a use, 32 bytes: what one seals, no other opens."""
        return hmac.digest(self.secret, usage, "sha256")


@dataclass(frozen=True)
class Trousseau:
    """The keys of a home, the one to write with last; without any, nothing is sealed nor opened."""

    cles: tuple[Cle, ...]

    @property
    def courante(self) -> Cle | None:
        """The key to write with; None when there is none."""
        return self.cles[-1] if self.cles else None

    def find(self, nom: bytes) -> Cle:
        """The key of this name; CoffreFerme when it is not there."""
        for cle in self.cles:
            if cle.nom == nom:
                return cle
        raise CoffreFerme(
            f"clé du coffre absente : {nom.hex()} ; la reprendre de la sauvegarde des clés"
        )


FERME = Trousseau(())


def read_trousseau(reglages: Reglages) -> Trousseau:
    """The keys of a home as they are; ValueError when one is not 32 bytes."""
    if reglages.cles_coffre is not None:
        textes = reglages.cles_coffre.get_secret_value().split(",")
        return Trousseau(tuple(Cle(_parse(texte)) for texte in textes))
    return Trousseau(tuple(_read(chemin) for chemin in list_fichiers(reglages.dossier)))


def list_fichiers(dossier: Path) -> list[Path]:
    """The files of the keys of a home, the current one last."""
    return sorted((dossier / DOSSIER).glob(MOTIF))


def add_cle(dossier: Path, rang: int) -> None:
    """Draw the key of this rank (1 for the first one) in a home, when it has none."""
    write_cle(dossier / DOSSIER / f"coffre-{rang:04}.cle")


def write_cle(chemin: Path) -> None:
    """Draw a key in a file; nothing is done when there is one."""
    provisoire = chemin.with_name(f"{PROVISOIRE}{secrets.token_hex(8)}")
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descripteur, "wb") as fichier:
        fichier.write(secrets.token_bytes(OCTETS_CLE))
        fichier.flush()
        os.fsync(fichier.fileno())
    crashpoint("maison.cle_ecrite")
    # A link never replaces: whoever was first keeps the key, on shared storage too.
    with suppress(FileExistsError):
        chemin.hardlink_to(provisoire)
    provisoire.unlink()
    sync_dossier(chemin.parent)


def _read(chemin: Path) -> Cle:
    return Cle(_check(chemin.read_bytes(), chemin.name))


def _parse(texte: str) -> bytes:
    try:
        return _check(bytes.fromhex(texte.strip()), "CAISSE_CLES_COFFRE")
    except ValueError:
        # Not chained: the message of `fromhex` may quote the key.
        raise ValueError(
            f"CAISSE_CLES_COFFRE : {2 * OCTETS_CLE} caractères hexadécimaux par clé sont attendus"
        ) from None


def _check(secret: bytes, nom: str) -> bytes:
    if len(secret) != OCTETS_CLE:
        raise ValueError(f"clé inutilisable : {nom} ({OCTETS_CLE} octets attendus)")
    return secret
