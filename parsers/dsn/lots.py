"""The messages of a file: one alone, or a batch of them (lot V01R02).

A batch has its own lines around the messages: S05, S06, S96, S95, or the insurers' S20.G51.
Messages one after the other without such lines are read, and refused: a file holds one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import anomalie
from specs.octets import FENETRE, Octets, count_lines, find, find_all, line_end, part

ENTETE = "S10.G00.00"
_LOT = re.compile(rb"(?:S05|S06|S95|S96)\.G51\.|S20\.G51\.")
_HORS_LOT = re.compile(rb"^(?!(?:S05|S06|S95|S96|S20)\.G51\.)[^\r\n]", re.MULTILINE)
_DEBUT = b"S10.G00.00.001,"
_FIN = b"\nS90.G00.90.002,"
_PIED = b"S90.G00.90."
LIGNE_DE_PIED = 256  # bytes, more than a footer has


@dataclass(frozen=True, slots=True)
class Envoi:
    """One message: the caller's number of its file, its bytes, and the number of its first line."""

    fichier: int
    octets: Octets
    premiere_ligne: int = 1


def find_envois(fichier: int, octets: Octets) -> tuple[list[Envoi], list[pl.DataFrame]]:
    """Messages of a file, and what is wrong with their envelope.

    F030: no message in a batch, or lines that stand outside of them; CST-02: several messages
    without the lines of a batch.
    """
    if not _LOT.match(octets[:16]):
        return _in_a_row(fichier, octets)
    debuts = list(_starts(octets))
    if not debuts:
        return [], [anomalie(fichier, "F030", variante="vide")]
    envois, dehors = [], [(0, debuts[0])]
    ligne, lu = 1, 0
    for debut, suivant in zip(debuts, [*debuts[1:], len(octets)], strict=True):
        ligne, lu = ligne + count_lines(octets, lu, debut), debut
        pied = find(octets, _FIN, debut, suivant)
        fin = line_end(octets, pied + 1) if pied >= 0 else suivant
        envois.append(Envoi(fichier, part(octets, debut, fin), ligne))
        dehors.append((fin, suivant))
    return envois, _outside(fichier, octets, dehors)


def _outside(fichier: int, octets: Octets, dehors: list[tuple[int, int]]) -> list[pl.DataFrame]:
    """Lines that are neither of a message nor of the batch: they would not be read."""
    lignes = _strays(octets, dehors)
    premiere = next(lignes, None)
    if premiere is None:
        return []
    nombre = 1 + sum(1 for _ in lignes)
    ligne = count_lines(octets, 0, premiere) + 1
    return [anomalie(fichier, "F030", ligne=ligne, nombre=nombre)]


def _strays(octets: Octets, dehors: list[tuple[int, int]]) -> Iterator[int]:
    for debut, fin in dehors:
        place = debut
        while place < fin:
            coupe = fin if fin - place <= FENETRE else line_end(octets, place + FENETRE - 1)
            yield from (place + t.start() for t in _HORS_LOT.finditer(octets[place:coupe]))
            place = coupe


def _starts(octets: Octets) -> Iterator[int]:
    """Places of the lines that begin a message; a pattern would take ten times as long."""
    if octets[: len(_DEBUT)] == _DEBUT:
        yield 0
    yield from (fin + 1 for fin in find_all(octets, b"\n" + _DEBUT))


def _in_a_row(fichier: int, octets: Octets) -> tuple[list[Envoi], list[pl.DataFrame]]:
    """A message alone, or each of those that begin where another has ended."""
    suites = [debut for debut in _starts(octets) if _follows_footer(octets, debut)]
    if not suites:
        return [Envoi(fichier, octets)], []
    envois, ligne, lu = [], 1, 0
    for debut, fin in zip([0, *suites], [*suites, len(octets)], strict=True):
        ligne, lu = ligne + count_lines(octets, lu, debut), debut
        envois.append(Envoi(fichier, part(octets, debut, fin), ligne))
    en_trop = {"variante": "en_trop", "ligne": envois[1].premiere_ligne, "nombre": len(suites)}
    return envois, [anomalie(fichier, "CST-02", bloc=ENTETE, **en_trop)]


def _follows_footer(octets: Octets, debut: int) -> bool:
    """Whether the line before this place is one of a footer."""
    avant = octets[max(0, debut - LIGNE_DE_PIED) : debut].rstrip(b"\r\n")
    return avant[avant.rfind(b"\n") + 1 :].startswith(_PIED)
