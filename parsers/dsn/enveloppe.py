"""What must be known of a file before it is read: charset, version, mode, envelope.

A file holds one message (`envoi`, S10 to S90) or a batch of them (see `lots`). Of a message, only
the first kilobytes are looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import SCHEMA, anomalie
from parsers.dsn.lots import Envoi, find_envois
from specs.dsn import VERSIONS
from specs.octets import Octets, count_lines, windows

TETE_OCTETS = 65_536
LIGNE_SANS_FIN = 1 << 20  # bytes without a line end that no DSN has: the file is not read
LIGNES_MAXIMALES = 20_000_000  # of a file: some 500 MB, a company of 200,000 employees
_VERSION = re.compile(rb"^S10\.G00\.00\.006,'([^'\r\n]*)'\r?$", re.MULTILINE)
_VERSION_ILLISIBLE = re.compile(rb"^S10\.G00\.00\.006[^\r\n]*", re.MULTILINE)
_ESSAI = re.compile(rb"^S10\.G00\.00\.005,'(0[12])'\r?$", re.MULTILINE)
_LOGICIEL = re.compile(rb"^S10\.G00\.00\.00([123]),'([^'\r\n]+)'\r?$", re.MULTILINE)
_RUBRIQUE = re.compile(rb"^S\d\d\.G\d\d\.\d\d\.\d{3}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entete:
    """What the first lines say: version of the norm, test or real (None when they do not)."""

    version: str | None
    essai: bool | None


def parse_entete(octets: Octets) -> Entete:
    """Version and mode written in the header of a message."""
    tete = octets[:TETE_OCTETS]
    version, essai = _VERSION.search(tete), _ESSAI.search(tete)
    return Entete(
        version[1].decode("latin-1") if version else None,
        essai[1] == b"01" if essai else None,
    )


@dataclass(frozen=True, slots=True)
class Logiciel:
    """The payroll software that made a file, as its first lines say; None what they do not."""

    nom: str | None
    editeur: str | None
    version: str | None


def parse_logiciel(octets: Octets) -> Logiciel:
    """Rubrics S10.G00.00.001 to .003 of a file, whether it conforms or not."""
    lus = {nom: valeur.decode("latin-1") for nom, valeur in _LOGICIEL.findall(octets[:TETE_OCTETS])}
    return Logiciel(lus.get(b"1"), lus.get(b"2"), lus.get(b"3"))


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What a file holds: its messages with their version, and what forbids reading the others."""

    envois: tuple[tuple[str, Envoi], ...]
    anomalies: pl.DataFrame


def open_fichier(fichier: int, octets: Octets) -> Ouverture:
    """Find the messages of a file; what forbids reading one is an anomaly.

    F004 charset, F020 empty, F022 unknown version, F026 no line end, F027 too many lines, F030
    lines outside messages, F031 no DSN; CST-02 messages one after the other without a batch.
    """
    refus = _refused(fichier, octets)
    if refus is not None:
        return Ouverture((), refus)
    envois, trouvees = find_envois(fichier, octets)
    lisibles: list[tuple[str, Envoi]] = []
    refuses: dict[str | None, list[Envoi]] = {}
    for envoi in envois:
        version = parse_entete(envoi.octets).version
        if version in VERSIONS:
            lisibles.append((version, envoi))
        else:
            refuses.setdefault(version, []).append(envoi)
    inconnues = [_unknown_version(version, siens) for version, siens in refuses.items()]
    return Ouverture(tuple(lisibles), pl.concat([SCHEMA.to_frame(), *trouvees, *inconnues]))


def _refused(fichier: int, octets: Octets) -> pl.DataFrame | None:
    """What makes a whole file unreadable."""
    if not len(octets):
        return anomalie(fichier, "F020")
    variante = _wrong_charset(octets[:TETE_OCTETS])
    if variante:
        return anomalie(fichier, "F004", variante=variante, ligne=1)
    ligne = _endless_line(octets)
    if ligne:
        variante = "retour_chariot" if _ends_with_returns(octets, ligne) else None
        return anomalie(fichier, "F026", ligne=ligne, variante=variante)
    lignes = count_lines(octets)
    if lignes > LIGNES_MAXIMALES:
        admises = str(LIGNES_MAXIMALES)
        return anomalie(fichier, "F027", valeur=str(lignes), attendu=admises)
    return None


def _unknown_version(version: str | None, envois: list[Envoi]) -> pl.DataFrame:
    """Messages of a version that is not read, or that do not tell it: one anomaly, the first."""
    premier, nombre = envois[0], len(envois)
    tete = premier.octets[:TETE_OCTETS]
    lieu = {"ligne": premier.premiere_ligne, "nombre": nombre}
    if version is None and not _RUBRIQUE.search(tete):
        return anomalie(premier.fichier, "F031", **lieu)
    illisible = _VERSION_ILLISIBLE.search(tete)
    variante = None
    if version is None:
        variante = "illisible" if illisible else "absente"
    return anomalie(
        premier.fichier,
        "F022",
        **lieu,
        variante=variante,
        rubrique="S10.G00.00.006",
        valeur=illisible[0].decode("latin-1") if variante == "illisible" and illisible else version,
        attendu=", ".join(VERSIONS),
    )


def _endless_line(octets: Octets) -> int | None:
    """Number of the first line that fills a whole window of `LIGNE_SANS_FIN` bytes.

    A smaller file whose only ends are carriage returns is one line too.
    """
    for rang, fenetre in enumerate(windows(octets, LIGNE_SANS_FIN)):
        if len(fenetre) == LIGNE_SANS_FIN and b"\n" not in fenetre:
            return count_lines(octets, 0, rang * LIGNE_SANS_FIN) + 1
    courte = octets[:LIGNE_SANS_FIN]
    return 1 if b"\r" in courte and b"\n" not in courte else None


def _ends_with_returns(octets: Octets, ligne: int) -> bool:
    """Whether carriage returns alone end the lines of a file, from its first one."""
    return ligne == 1 and b"\r" in octets[:LIGNE_SANS_FIN]


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
