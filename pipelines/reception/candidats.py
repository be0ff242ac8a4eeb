"""The values of the reception and the interface every place of deposit answers to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol, Self

MORCEAU = 1 << 20

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
    """

    adherent: str
    nom: str
    octets: int
    marque: str


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
    """The bytes of a file; `donnees` is None beyond the limit (hashed, never held in memory)."""

    sha256: str
    octets: int
    donnees: bytes | None


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

    def read_contenu(self, candidat: Candidat, limite: int) -> Contenu:
        """Bytes of the file.

        Raises:
            DepotModifieError: the file is no longer the one that was listed.
            LectureRefuseeError: its rights keep us from reading it.
        """
        ...

    def remove(self, candidat: Candidat) -> bool:
        """Remove the file if it is still the one that was listed; say whether it was removed."""
        ...

    def write_retour(self, adherent: str, nom: str, octets: bytes) -> None:
        """Write a whole file in the `retour/` of a company, under a temporary name first."""
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


def read_flux(flux: Lisible, limite: int) -> Contenu:
    """Read a stream to its end; beyond `limite` bytes it is hashed by pieces and not kept.

    The hash of the whole is needed in both cases: a refused file is journalled too.
    """
    donnees = flux.read(limite + 1)
    empreinte = hashlib.sha256(donnees)
    if len(donnees) <= limite:
        return Contenu(empreinte.hexdigest(), len(donnees), donnees)
    octets = len(donnees)
    del donnees
    while morceau := flux.read(MORCEAU):
        empreinte.update(morceau)
        octets += len(morceau)
    return Contenu(empreinte.hexdigest(), octets, None)
