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

ENTETE = "S10.G00.00"
_LOT = re.compile(rb"(?:S05|S06|S95|S96)\.G51\.|S20\.G51\.")
_HORS_LOT = re.compile(rb"^(?!(?:S05|S06|S95|S96|S20)\.G51\.)[^\r\n]", re.MULTILINE)
_DEBUT = b"S10.G00.00.001,"
_FIN = re.compile(rb"^S90\.G00\.90\.002,[^\n]*\n?", re.MULTILINE)
_PIED = b"S90.G00.90."
LIGNE_DE_PIED = 256  # bytes, more than a footer has


@dataclass(frozen=True, slots=True)
class Envoi:
    """One message: the caller's number of its file, its bytes, and the number of its first line."""

    fichier: int
    octets: bytes | memoryview
    premiere_ligne: int = 1


def find_envois(fichier: int, octets: bytes | memoryview) -> tuple[list[Envoi], list[pl.DataFrame]]:
    """Messages of a file, and what is wrong with their envelope.

    F030: no message in a batch, or lines that stand outside of them; CST-02: several messages
    without the lines of a batch.
    """
    if not _LOT.match(bytes(octets[:16])):
        return _in_a_row(fichier, octets)
    texte = bytes(octets)
    debuts = list(_starts(texte))
    if not debuts:
        return [], [anomalie(fichier, "F030", variante="vide")]
    envois, dehors = [], [(0, debuts[0])]
    ligne, lu = 1, 0
    for debut, suivant in zip(debuts, [*debuts[1:], len(texte)], strict=True):
        ligne, lu = ligne + texte.count(b"\n", lu, debut), debut
        pied = _FIN.search(texte, debut, suivant)
        fin = pied.end() if pied else suivant
        envois.append(Envoi(fichier, texte[debut:fin], ligne))
        dehors.append((fin, suivant))
    return envois, _outside(fichier, texte, dehors)


def _outside(fichier: int, texte: bytes, dehors: list[tuple[int, int]]) -> list[pl.DataFrame]:
    """Lines that are neither of a message nor of the batch: they would not be read."""
    lignes = _strays(texte, dehors)
    premiere = next(lignes, None)
    if premiere is None:
        return []
    nombre = 1 + sum(1 for _ in lignes)
    ligne = texte.count(b"\n", 0, premiere) + 1
    return [anomalie(fichier, "F030", ligne=ligne, nombre=nombre)]


def _strays(texte: bytes, dehors: list[tuple[int, int]]) -> Iterator[int]:
    return (t.start() for debut, fin in dehors for t in _HORS_LOT.finditer(texte, debut, fin))


def _starts(texte: bytes) -> Iterator[int]:
    """Places of the lines that begin a message; a pattern would take ten times as long."""
    if texte.startswith(_DEBUT):
        yield 0
    fin = texte.find(b"\n" + _DEBUT)
    while fin >= 0:
        yield fin + 1
        fin = texte.find(b"\n" + _DEBUT, fin + 1)


def _in_a_row(fichier: int, octets: bytes | memoryview) -> tuple[list[Envoi], list[pl.DataFrame]]:
    """A message alone, or each of those that begin where another has ended."""
    texte = bytes(octets)
    suites = [debut for debut in _starts(texte) if _follows_footer(texte, debut)]
    if not suites:
        return [Envoi(fichier, octets)], []
    envois, ligne, lu = [], 1, 0
    for debut, fin in zip([0, *suites], [*suites, len(texte)], strict=True):
        ligne, lu = ligne + texte.count(b"\n", lu, debut), debut
        envois.append(Envoi(fichier, texte[debut:fin], ligne))
    en_trop = {"variante": "en_trop", "ligne": envois[1].premiere_ligne, "nombre": len(suites)}
    return envois, [anomalie(fichier, "CST-02", bloc=ENTETE, **en_trop)]


def _follows_footer(texte: bytes, debut: int) -> bool:
    """Whether the line before this place is one of a footer."""
    avant = texte[max(0, debut - LIGNE_DE_PIED) : debut].rstrip(b"\r\n")
    return avant[avant.rfind(b"\n") + 1 :].startswith(_PIED)
