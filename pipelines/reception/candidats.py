"""The values of the reception and the interface every place of deposit answers to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from specs.octets import EN_MEMOIRE, Fichier, Octets

MORCEAU = 1 << 20

Cle = tuple[str, str]  # company, name of a file
DEPOT = "depot"
RETOUR = "retour"


class DepotModifieError(Exception):
    """The file changed or went away between its listing and its reading: wait for the next scan."""


class LectureRefuseeError(Exception):
    """The file is there but the system refuses that we read it."""


class SourceIndisponibleError(Exception):
    """The place of deposit does not answer, or an identity is refused. Message in French."""


@dataclass(frozen=True, slots=True)
class Candidat:
    """A regular file seen in the `depot/` of a company.

    Attributes:
        adherent: name of the company's folder.
        nom: name of the file as given, undecodable bytes as surrogates; data, never a path.
        octets: size when listed.
        marque: opaque; two equal marks mean that the file has not been touched in between.
        proprietaire: account that the file belongs to, None when the place does not name it.
    """

    adherent: str
    nom: str
    octets: int
    marque: str
    proprietaire: str | None = field(default=None, compare=False)

    @property
    def cle(self) -> Cle:
        """Where it is."""
        return self.adherent, self.nom


@dataclass(frozen=True, slots=True)
class Ecarte:
    """Something seen and left where it is, with the reason in French."""

    adherent: str
    nom: str
    motif: str


@dataclass(frozen=True, slots=True)
class Inventaire:
    """What a scan saw: the candidates and what was left aside."""

    candidats: tuple[Candidat, ...]
    ecartes: tuple[Ecarte, ...]


@dataclass(frozen=True, slots=True)
class Contenu:
    """The bytes of a file, large ones on disk; `donnees` is None beyond the limit (hashed only)."""

    sha256: str
    octets: int
    donnees: Octets | None


class Lisible(Protocol):
    """What is needed of an open file to read it."""

    def read(self, taille: int, /) -> bytes:
        """At most `taille` bytes, none at the end."""
        ...


class SourceDepots(Protocol):
    """A place of deposit: one folder a company, with its `depot/` and `retour/`."""

    def list_depots(self) -> Inventaire:
        """Everything in every `depot/`, sorted by (adherent, nom)."""
        ...

    def read_contenu(self, candidat: Candidat, limite: int, copie: Path) -> Contenu:
        """Bytes of the file; `copie`: where they are put when they are many.

        Raises:
            DepotModifieError: the file is no longer the one that was listed.
            LectureRefuseeError: its rights keep us from reading it.
        """
        ...

    def remove(self, candidat: Candidat) -> bool:
        """Remove the file if it is still the one that was listed; say whether it was removed."""
        ...

    def write_retours(self, contenus: Mapping[Cle, bytes]) -> dict[Cle, Exception]:
        """Write whole files in the `retour/` of companies, each under a temporary name first.

        By company and name; why, of those that could not be written.
        """
        ...

    def list_retour(self, adherent: str) -> frozenset[str]:
        """Names in the `retour/` of a company."""
        ...

    def remove_retour(self, adherent: str, nom: str) -> None:
        """Take a file out of the `retour/` of a company; nothing when it is not there."""
        ...

    def close(self) -> None:
        """Release the connection, if any."""
        ...

    def __enter__(self) -> Self:
        """Use the source in a `with`."""
        ...

    def __exit__(self, *exception: object) -> None:
        """Close it."""
        ...


def read_flux(flux: Lisible, candidat: Candidat, limite: int, copie: Path) -> Contenu:
    """Read the stream of a file to its end; beyond `limite` bytes it is hashed and not kept.

    The hash of the whole is needed in both cases: a refused file is journalled too. A file that
    grew since it was listed is not kept either: it is not the one that was seen. OSError when
    `copie` cannot be written.
    """
    if candidat.octets > limite:
        return Contenu(*_hash_all(_pieces(flux)), None)
    attendus = min(candidat.octets, EN_MEMOIRE)
    tete = flux.read(attendus + 1)
    if len(tete) <= attendus:
        return Contenu(*_hash_all([tete]), tete)
    copie.touch(0o600)
    with copie.open("wb") as sortie:
        sha256, octets = _hash_all(_copied(chain([tete], _pieces(flux)), sortie, candidat.octets))
    return Contenu(sha256, octets, Fichier(copie, octets) if octets <= candidat.octets else None)


def _pieces(flux: Lisible) -> Iterator[bytes]:
    return iter(lambda: flux.read(MORCEAU), b"")


def _copied(morceaux: Iterable[bytes], sortie: BinaryIO, limite: int) -> Iterator[bytes]:
    """The same pieces, written on the way as far as `limite`."""
    octets = 0
    for morceau in morceaux:
        octets += len(morceau)
        if octets <= limite:
            sortie.write(morceau)
        yield morceau


def _hash_all(morceaux: Iterable[bytes]) -> tuple[str, int]:
    """SHA-256 and length of what pieces make together."""
    empreinte, octets = hashlib.sha256(), 0
    for morceau in morceaux:
        empreinte.update(morceau)
        octets += len(morceau)
    return empreinte.hexdigest(), octets
