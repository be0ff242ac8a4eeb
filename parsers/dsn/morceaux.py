"""Cutting messages into pieces of bounded size, always between two lines.

A piece is either several whole small messages or a part of one large message, so that memory does
not grow with the file and small files are not read one by one. What a cut separates is put back
together by the reader: the last occurrence of a piece waits for the next one (see `structure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.dsn.lots import Envoi
from specs.octets import count_lines, line_end

MORCEAU_OCTETS = 12 * 1024 * 1024  # as fast as larger ones or nearly, and two are read at a time
MORCEAU_LIGNES = 600_000  # more than such a piece has, but of files that are no declaration


@dataclass(frozen=True, slots=True)
class Extrait:
    """A part of a message; `fin` tells whether the message ends with it."""

    fichier: int
    octets: bytes
    premiere_ligne: int
    fin: bool


type_morceau = tuple[Extrait, ...]


def cut(envois: Iterable[Envoi], taille: int = MORCEAU_OCTETS) -> Iterator[type_morceau]:
    """Pieces of about `taille` bytes and `MORCEAU_LIGNES` lines, in the order of the messages."""
    groupe: list[Extrait] = []
    octets = lignes = 0
    for envoi in envois:
        siennes = count_lines(envoi.octets) if len(envoi.octets) <= taille else MORCEAU_LIGNES
        if groupe and (octets + len(envoi.octets) > taille or lignes + siennes > MORCEAU_LIGNES):
            yield tuple(groupe)
            groupe, octets, lignes = [], 0, 0
        if siennes >= MORCEAU_LIGNES:
            yield from ((extrait,) for extrait in _parts(envoi, taille))
            continue
        groupe.append(Extrait(envoi.fichier, envoi.octets[:], envoi.premiere_ligne, fin=True))
        octets, lignes = octets + len(envoi.octets), lignes + siennes
    if groupe:
        yield tuple(groupe)


def _parts(envoi: Envoi, taille: int) -> Iterator[Extrait]:
    octets, debut, ligne = envoi.octets, 0, envoi.premiere_ligne
    while debut < len(octets):
        part = octets[debut : line_end(octets, debut + taille - 1)]
        lignes = part.count(b"\n")
        if lignes > MORCEAU_LIGNES:
            part = part[: _end_of_line(part, MORCEAU_LIGNES)]
            lignes = MORCEAU_LIGNES
        debut += len(part)
        yield Extrait(envoi.fichier, part, ligne, fin=debut == len(octets))
        ligne += lignes


def _end_of_line(octets: bytes, rang: int) -> int:
    """Place after the line end of this rank (from 1), found by halves: lines may be of one byte."""
    debut, fin = 0, len(octets)
    while fin - debut > 1:
        milieu = (debut + fin) // 2
        avant = octets.count(b"\n", debut, milieu)
        if avant >= rang:
            fin = milieu
        else:
            rang, debut = rang - avant, milieu
    return fin
