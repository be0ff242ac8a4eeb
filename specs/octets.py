"""Bytes that may stay on disk: what is large is read a window at a time, and never held whole.

>>> list(windows(b"abcde", 2))
[b'ab', b'cd', b'e']
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

EN_MEMOIRE = 1 << 24  # bytes of a file beyond which it stays on disk
FENETRE = 1 << 22  # bytes read at a time when everything is looked through
LIGNE = 1 << 12  # read at a time to find where a line ends
AVANCE = 1 << 20  # bytes that a shorter reading brings, for those that follow it


class Octets(Protocol):
    """What `bytes` give: a length, and parts as bytes."""

    def __len__(self) -> int:
        """How many bytes."""
        ...

    def __getitem__(self, tranche: slice, /) -> bytes:
        """The bytes of a part, whose step is 1."""
        ...


@dataclass(slots=True)
class Fichier:
    """The bytes of a file that nobody changes, read when they are asked for; one thread at a time.

    The last window read is kept: parts that follow one another do not each read the disk.
    """

    chemin: Path
    taille: int
    _debut: int = field(default=0, init=False)
    _fenetre: bytes = field(default=b"", init=False, repr=False)

    def __len__(self) -> int:
        """Size of the file when it was opened."""
        return self.taille

    def __getitem__(self, tranche: slice, /) -> bytes:
        """The bytes of a part; OSError when the file can't be read, or was cut short meanwhile."""
        debut, fin, _ = tranche.indices(self.taille)
        if fin - debut >= AVANCE:
            return self._read(debut, fin)
        if not self._debut <= debut <= fin <= self._debut + len(self._fenetre):
            self._fenetre = self._read(debut, min(debut + AVANCE, self.taille))
            self._debut = debut
        return self._fenetre[debut - self._debut : max(debut, fin) - self._debut]

    def _read(self, debut: int, fin: int) -> bytes:
        with self.chemin.open("rb") as flux:
            flux.seek(debut)
            lus = flux.read(fin - debut)
        if len(lus) < fin - debut:
            raise OSError("fichier raccourci pendant sa lecture")
        return lus


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of bytes that stay on disk, from `debut` to `fin`."""

    octets: Octets
    debut: int
    fin: int

    def __len__(self) -> int:
        """How many bytes."""
        return self.fin - self.debut

    def __getitem__(self, tranche: slice, /) -> bytes:
        """The bytes of a part of it."""
        debut, fin, _ = tranche.indices(len(self))
        return self.octets[self.debut + debut : self.debut + fin]


def read_octets(chemin: Path) -> Octets:
    """The bytes of a file, left on disk beyond `EN_MEMOIRE`; OSError when it can't be read."""
    taille = chemin.stat().st_size
    return Fichier(chemin, taille) if taille > EN_MEMOIRE else chemin.read_bytes()


def part(octets: Octets, debut: int, fin: int) -> Octets:
    """A part, which stays on disk if the whole does."""
    return octets[debut:fin] if isinstance(octets, bytes) else Tranche(octets, debut, fin)


def windows(octets: Octets, taille: int = 0) -> Iterator[bytes]:
    """The bytes, `taille` at a time (0: `FENETRE`)."""
    pas = taille or FENETRE
    return (octets[debut : debut + pas] for debut in range(0, len(octets), pas))


def count_lines(octets: Octets, debut: int = 0, fin: int | None = None) -> int:
    """Line ends from `debut` to `fin` (the end)."""
    suite = part(octets, debut, len(octets) if fin is None else fin)
    return sum(fenetre.count(b"\n") for fenetre in windows(suite))


def line_end(octets: Octets, place: int) -> int:
    """Place after the first line end from that one on, or the end."""
    for debut in range(place, len(octets), LIGNE):
        trouve = octets[debut : debut + LIGNE].find(b"\n")
        if trouve >= 0:
            return debut + trouve + 1
    return len(octets)


def find(octets: Octets, motif: bytes, debut: int, fin: int) -> int:
    """First place of `motif` between those two, -1 without one."""
    for place in range(debut, fin, FENETRE):
        trouve = octets[place : min(place + FENETRE + len(motif) - 1, fin)].find(motif)
        if trouve >= 0:
            return place + trouve
    return -1


def find_all(octets: Octets, motif: bytes) -> Iterator[int]:
    """Every place of `motif`."""
    for debut in range(0, len(octets), FENETRE):
        fenetre = octets[debut : debut + FENETRE + len(motif) - 1]
        place = fenetre.find(motif)
        while place >= 0:
            yield debut + place
            place = fenetre.find(motif, place + 1)


def fingerprint(octets: Octets) -> str:
    """SHA-256 (64 hexadecimal characters)."""
    empreinte = hashlib.sha256()
    for fenetre in windows(octets):
        empreinte.update(fenetre)
    return empreinte.hexdigest()
