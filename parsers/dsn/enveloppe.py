"""What must be known of a file before it is read: charset, version, mode, envelope.

A file holds one message (`envoi`, S10 to S90) or a batch of them (lot V01R02: S05, S06, S96, S95
lines around the messages, or the insurers' S20.G51). Only the first kilobytes are looked at, but
for a batch, which is cut into its messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import SCHEMA, anomalie
from specs.dsn import VERSIONS

TETE_OCTETS = 65_536
LIGNE_SANS_FIN = 1 << 20  # bytes without a line end that no DSN has: the file is not read
_FIN_DE_LIGNE = re.compile(rb"\n")
_VERSION = re.compile(rb"^S10\.G00\.00\.006,'([^'\r\n]*)'\r?$", re.MULTILINE)
_ESSAI = re.compile(rb"^S10\.G00\.00\.005,'(0[12])'\r?$", re.MULTILINE)
_LOT = re.compile(rb"(?:S05|S06|S95|S96)\.G51\.|S20\.G51\.")
_DEBUT_ENVOI = re.compile(rb"^S10\.G00\.00\.001,", re.MULTILINE)
_FIN_ENVOI = re.compile(rb"^S90\.G00\.90\.002,[^\n]*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Envoi:
    """One message: the caller's number of its file, its bytes, and the number of its first line."""

    fichier: int
    octets: bytes | memoryview
    premiere_ligne: int = 1


@dataclass(frozen=True, slots=True)
class Entete:
    """What the first lines say: version of the norm, test or real (None when they do not)."""

    version: str | None
    essai: bool | None


def parse_entete(octets: bytes | memoryview) -> Entete:
    """Version and mode written in the header of a message."""
    tete = bytes(octets[:TETE_OCTETS])
    version, essai = _VERSION.search(tete), _ESSAI.search(tete)
    return Entete(
        version[1].decode("latin-1") if version else None,
        essai[1] == b"01" if essai else None,
    )


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What a file holds: its messages with their version, and what forbids reading the others."""

    envois: tuple[tuple[str, Envoi], ...]
    anomalies: pl.DataFrame


def open_fichier(fichier: int, octets: bytes | memoryview) -> Ouverture:
    """Find the messages of a file; what forbids reading one is an anomaly.

    F004 charset, F020 empty, F022 unknown version, F026 no line end.
    """
    if not len(octets):
        return Ouverture((), anomalie(fichier, "F020"))
    variante = _wrong_charset(bytes(octets[:TETE_OCTETS]))
    if variante:
        return Ouverture((), anomalie(fichier, "F004", variante=variante, ligne=1))
    ligne = _endless_line(octets)
    if ligne:
        return Ouverture((), anomalie(fichier, "F026", ligne=ligne))
    lisibles, refuses = [], [SCHEMA.to_frame()]
    for envoi in _unwrap(Envoi(fichier, octets)):
        version = parse_entete(envoi.octets).version
        if version in VERSIONS:
            lisibles.append((version, envoi))
        else:
            refuses.append(
                anomalie(
                    fichier,
                    "F022",
                    ligne=envoi.premiere_ligne,
                    rubrique="S10.G00.00.006",
                    valeur=version,
                    attendu=", ".join(VERSIONS),
                )
            )
    return Ouverture(tuple(lisibles), pl.concat(refuses))


def _endless_line(octets: bytes | memoryview) -> int | None:
    """Number of the first line that fills a whole window of `LIGNE_SANS_FIN` bytes."""
    for debut in range(0, len(octets) - LIGNE_SANS_FIN + 1, LIGNE_SANS_FIN):
        if not _FIN_DE_LIGNE.search(octets, debut, debut + LIGNE_SANS_FIN):
            return bytes(octets[:debut]).count(b"\n") + 1
    return None


def _wrong_charset(tete: bytes) -> str | None:
    """`utf16`, `binaire` or `utf8` when the first bytes can't be ISO-8859-1 text."""
    nuls = (tete[0:4:2].count(0), tete[1:4:2].count(0))  # every other byte of UTF-16 text
    if tete.startswith((b"\xff\xfe", b"\xfe\xff")) or nuls in {(0, 2), (2, 0)}:
        return "utf16"
    if b"\0" in tete:
        return "binaire"
    if tete.startswith(b"\xef\xbb\xbf"):
        return "utf8"
    entieres = tete[: tete.rfind(b"\n") + 1 or None]  # the last line may be cut inside a character
    return "utf8" if not entieres.isascii() and _is_utf8(entieres) else None


def _is_utf8(lignes: bytes) -> bool:
    """Whether whole lines are UTF-8, which accented ISO-8859-1 text never is."""
    try:
        lignes.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unwrap(envoi: Envoi) -> Iterator[Envoi]:
    """The messages of a batch, each with the number of its first line; a lone message as it is."""
    if not _LOT.match(bytes(envoi.octets[:16])):
        yield envoi
        return
    octets = bytes(envoi.octets)
    debuts = [m.start() for m in _DEBUT_ENVOI.finditer(octets)]
    for debut, suivant in zip(debuts, [*debuts[1:], len(octets)], strict=True):
        fin = _FIN_ENVOI.search(octets, debut, suivant)
        yield Envoi(
            envoi.fichier,
            octets[debut : fin.end() if fin else suivant],
            envoi.premiere_ligne + octets.count(b"\n", 0, debut),
        )
