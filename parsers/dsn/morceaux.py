"""Cutting messages into pieces of bounded size, always between two occurrences of blocks.

A piece is either several whole small messages or a part of one large message, so that memory does
not grow with the file and small files are not read one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.dsn.enveloppe import Envoi

MORCEAU_OCTETS = 24 * 1024 * 1024
# A legal line holds 256 bytes: a piece without a line end in twice its size is not a DSN.
FENETRE_COUPE = 1 << 17
_INDIVIDU = b"\nS21.G00.30.001,"


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
        if len(envoi.octets) > taille:
            if groupe:
                yield tuple(groupe)
            groupe, total = [], 0
            yield from ((extrait,) for extrait in _parts(envoi, taille))
            continue
        if total + len(envoi.octets) > taille:
            yield tuple(groupe)
            groupe, total = [], 0
        groupe.append(Extrait(envoi.fichier, bytes(envoi.octets), envoi.premiere_ligne, fin=True))
        total += len(envoi.octets)
    if groupe:
        yield tuple(groupe)


def _parts(envoi: Envoi, taille: int) -> Iterator[Extrait]:
    octets, debut, ligne = memoryview(envoi.octets), 0, envoi.premiere_ligne
    while debut < len(octets):
        fenetre = bytes(octets[debut : debut + taille])
        fin = debut + len(fenetre) >= len(octets)
        morceau = fenetre if fin else fenetre[: _cut_place(fenetre)]
        yield Extrait(envoi.fichier, morceau, ligne, fin)
        debut += len(morceau)
        ligne += morceau.count(b"\n")


def _cut_place(fenetre: bytes) -> int:
    """Length of the longest head of `fenetre` that ends between two occurrences of blocks.

    Before the last individual when there is one near the end; else before the last change of
    block; else (one endless occurrence) after the last line, or at the end of the window.
    """
    individu = fenetre.rfind(_INDIVIDU, len(fenetre) // 2)
    if individu >= 0:
        return individu + 1
    fin = fenetre.rfind(b"\n") + 1
    if not fin:
        return len(fenetre)
    place = fin
    bloc_suivant = None
    for ligne in reversed(fenetre[max(0, fin - FENETRE_COUPE) : fin].splitlines(keepends=True)):
        if bloc_suivant is not None and ligne[:10] != bloc_suivant:
            return place
        bloc_suivant = ligne[:10]
        place -= len(ligne)
    return fin
