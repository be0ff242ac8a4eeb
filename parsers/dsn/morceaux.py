"""Cutting messages into pieces of bounded size, always between two lines.

A piece is either several whole small messages or a part of one large message, so that memory does
not grow with the file and small files are not read one by one. What a cut separates is put back
together by the reader: the last occurrence of a piece waits for the next one (see `structure`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.dsn.enveloppe import Envoi

MORCEAU_OCTETS = 12 * 1024 * 1024  # as fast as larger ones or nearly, and two are read at a time
_FIN_DE_LIGNE = re.compile(rb"\n")


@dataclass(frozen=True, slots=True)
class Extrait:
    """A part of a message; `fin` tells whether the message ends with it."""

    fichier: int
    octets: bytes
    premiere_ligne: int
    fin: bool


type_morceau = tuple[Extrait, ...]


def cut(envois: Iterable[Envoi], taille: int = MORCEAU_OCTETS) -> Iterator[type_morceau]:
    """Pieces of about `taille` bytes, in the order of the messages."""
    groupe: list[Extrait] = []
    total = 0
    for envoi in envois:
        if groupe and total + len(envoi.octets) > taille:
            yield tuple(groupe)
            groupe, total = [], 0
        if len(envoi.octets) > taille:
            yield from ((extrait,) for extrait in _parts(envoi, taille))
            continue
        groupe.append(Extrait(envoi.fichier, bytes(envoi.octets), envoi.premiere_ligne, fin=True))
        total += len(envoi.octets)
    if groupe:
        yield tuple(groupe)


def _parts(envoi: Envoi, taille: int) -> Iterator[Extrait]:
    octets, debut, ligne = memoryview(envoi.octets), 0, envoi.premiere_ligne
    while debut < len(octets):
        coupe = _FIN_DE_LIGNE.search(octets, debut + taille - 1)
        fin = coupe.end() if coupe else len(octets)
        part = bytes(octets[debut:fin])
        yield Extrait(envoi.fichier, part, ligne, fin=fin == len(octets))
        debut = fin
        ligne += part.count(b"\n")
