"""Many exchange files at once: small ones by bundles of one kind and one form.

for lectures in read_echanges(depots):
    lectures.dits, lectures.anomalies, lectures.lignes

A file that is large, or out of its form, is read alone; all are told what `read_echange` tells.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from parsers.echanges import fixe, xml
from parsers.echanges.composition import CHARTE
from parsers.echanges.fixe import FINS, line_end, parse_record
from parsers.echanges.lecteur import Lectures, judge_liasse, read_alone
from parsers.echanges.liasses import Liasse, Piece, list_bases
from parsers.echanges.ouverture import NomDepot, open_depot
from parsers.echanges.zones import FIXE, PIECE, RANG, XML, Fichier
from specs.echanges import CONTROLE, ENTETE, Genre, read_genres
from specs.octets import Octets

PETIT = 1 << 16  # bytes of a file that is read with others
FICHIERS = 2_000  # of one bundle
OCTETS = 1 << 23


@dataclass(frozen=True, slots=True)
class DepotLu:
    """A file to read under the caller's number; `recu_le`: when, with its time zone."""

    numero: int
    nom: str
    octets: Octets
    recu_le: datetime


@dataclass(frozen=True, slots=True)
class _Ouvert:
    """A small file that is in its form: its records, as its form gives them."""

    depot: DepotLu
    nom: NomDepot
    contenu: bytes
    genre: Genre
    lu: list[str] | xml.Brut


def read_echanges(depots: Iterable[DepotLu]) -> Iterator[Lectures]:
    """Read and control files; nothing raises. Their order is that of bundles, not of `depots`."""
    liasses: dict[tuple[str, str], list[_Ouvert]] = defaultdict(list)
    tailles: dict[tuple[str, str], int] = defaultdict(int)
    for depot in depots:
        ouvert = _open_petit(depot)
        if ouvert is None:
            yield _read_alone(depot)
            continue
        cle = ouvert.genre.nom, XML if isinstance(ouvert.lu, xml.Brut) else FIXE
        liasses[cle].append(ouvert)
        tailles[cle] += len(ouvert.contenu)
        if len(liasses[cle]) == FICHIERS or tailles[cle] > OCTETS:
            yield _read_together(liasses.pop(cle))
            del tailles[cle]
    yield from (_read_together(liasse) for liasse in liasses.values())


def _read_alone(depot: DepotLu) -> Lectures:
    return read_alone(depot.numero, depot.nom, depot.octets, depot.recu_le)


def _open_petit(depot: DepotLu) -> _Ouvert | None:
    """The file, when it can be read with others: small, and nothing is to be told of its form."""
    if len(depot.octets) > PETIT:
        return None
    ouverture = open_depot(depot.numero, depot.nom, depot.octets)
    contenu, nom = ouverture.contenu, ouverture.nom
    if contenu is None or nom is None or len(contenu) > PETIT:
        return None
    if nom.xml:
        brut = xml.parse_petit(contenu)
        return None if brut is None else _Ouvert(depot, nom, contenu, brut.genre, brut)
    textes = fixe.parse_petit(contenu)
    if textes is None:
        return None
    genre = read_genres()[parse_record(textes[0], ENTETE)["kind"]]
    return _Ouvert(depot, nom, contenu, genre, textes)


def _read_together(liasse: Sequence[_Ouvert]) -> Lectures:
    """Control the files of a bundle."""
    genre = liasse[0].genre
    nombres = [len(o.lu) if isinstance(o.lu, list) else o.lu.nombre for o in liasse]
    bases = list_bases(nombres)
    bruts = [o.lu for o in liasse if isinstance(o.lu, xml.Brut)]
    if bruts:
        frames = xml.bind_petits(bruts, bases)
        fichiers = [*_list_xml(genre, bruts, frames)]
    else:
        frames = fixe.bind_petits(genre, [o.lu for o in liasse if isinstance(o.lu, list)], bases)
        fichiers = [_file_of(genre, o.lu, o.contenu) for o in liasse if isinstance(o.lu, list)]
    pieces = tuple(
        Piece(
            o.depot.numero, fichier, o.depot.recu_le, o.nom, hashlib.sha256(o.contenu).hexdigest()
        )
        for o, fichier in zip(liasse, fichiers, strict=True)
    )
    details = {e.code: frames[e.code] for e in genre.details}
    return judge_liasse(Liasse(genre, fichiers[0].forme, pieces, details, bases))


def _file_of(genre: Genre, textes: Sequence[str], contenu: bytes) -> Fichier:
    """A file of the fixed form without its details, which are the bundle's."""
    fin = line_end(contenu)
    return Fichier(
        genre,
        FIXE,
        parse_record(textes[0], ENTETE),
        parse_record(textes[-1], CONTROLE),
        {},
        len(textes),
        fin,
        hashlib.sha256(contenu[: (len(textes) - 1) * FINS[fin]]).hexdigest(),
    )


def _list_xml(
    genre: Genre, bruts: Sequence[xml.Brut], frames: Mapping[str, pl.DataFrame]
) -> Iterator[Fichier]:
    """The files of XML without their details; headers and trailers follow the order of files."""
    entetes, controles = (_list_bords(frames[code]) for code in (ENTETE, CONTROLE))
    for brut, entete, controle in zip(bruts, entetes, controles, strict=True):
        complet = {**entete, "charset": CHARTE, **brut.attributs}
        yield Fichier(genre, XML, complet, controle, {}, brut.nombre)


def _list_bords(frame: pl.DataFrame) -> Iterator[dict[str, str]]:
    for zones in frame.drop(RANG, PIECE).iter_rows(named=True):
        yield {nom: zone for nom, zone in zones.items() if zone is not None}
