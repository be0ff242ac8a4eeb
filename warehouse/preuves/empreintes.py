"""Fingerprints of the files of the lake, written once a publication: of those that it adds.

A file of the lake is written once. Those of a version are its rows and its log; what is written
after the last publication has no fingerprint yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from zlib import crc32

import polars as pl
from deltalake import DeltaTable
from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from specs.contrats import contrats
from specs.octets import fingerprint, read_octets
from warehouse.commits import JOURNAL, list_added, name_commit
from warehouse.lac import Lac
from warehouse.tables_sql import FICHIERS_LAC

ROTATION = 32  # nights in which every file is read again


@dataclass(frozen=True, slots=True)
class Empreinte:
    """A file of a table, by its path under it; `octets`: its size."""

    nom_table: str
    chemin: str
    sha256: str
    octets: int


def compute_empreintes(c: Connection, lac: Lac) -> list[Empreinte]:
    """Those of the files that the last version of each table has, and that have none yet; sorted.

    A table that has no commit since the last time is not listed.
    """
    return [empreinte for table in contrats() for empreinte in _read_new(c, lac, table)]


def record_empreintes(c: Connection, empreintes: Sequence[Empreinte], publication: int) -> None:
    """Keep fingerprints with the publication that they come with."""
    lignes = [
        {
            "nom_table": e.nom_table,
            "chemin": e.chemin,
            "sha256": e.sha256,
            "octets": e.octets,
            "publication": publication,
            "tour": crc32(f"{e.nom_table}/{e.chemin}".encode()) % ROTATION,
        }
        for e in empreintes
    ]
    if lignes:
        c.execute(insert(FICHIERS_LAC), lignes)


def read_empreintes(c: Connection) -> Iterator[Empreinte]:
    """Fingerprints of the files that should be there, sorted."""
    yield from _read(c)


def read_versions(c: Connection, publication: int) -> dict[str, int]:
    """Version of each table as of a publication, whether it pins it or not.

    Those of a table that lost files on purpose since are not told: they may not be read any more.
    """
    table = FICHIERS_LAC.c
    perdues = select(table.nom_table).where(table.retire_le.is_not(None))
    commits = select(table.nom_table, func.max(table.chemin)).where(
        table.chemin.like(f"{JOURNAL}/%.json"),
        table.publication <= publication,
        table.nom_table.not_in(perdues),
    )
    lus = c.execute(commits.group_by(table.nom_table))
    return {nom: int(Path(commit).stem) for nom, commit in lus}


def read_a_relire(c: Connection, publication: int, tour: int) -> Iterator[Empreinte]:
    """Those that came with a publication, and those whose turn it is (0 to ROTATION - 1)."""
    yield from _read(c, or_(FICHIERS_LAC.c.publication == publication, FICHIERS_LAC.c.tour == tour))


def _read(c: Connection, *choix: ColumnElement[bool]) -> Iterator[Empreinte]:
    table = FICHIERS_LAC.c
    lues = select(table.nom_table, table.chemin, table.sha256, table.octets)
    presentes = lues.where(table.retire_le.is_(None), *choix)
    for ligne in c.execute(presentes.order_by(table.nom_table, table.chemin)):
        yield Empreinte(*ligne)


def record_vidange(c: Connection, dossier: Path, chemins: Collection[Path], instant: str) -> None:
    """Write that files of the lake were taken away on purpose."""
    for chemin in chemins:
        table, *reste = chemin.relative_to(dossier).parts
        sien = FICHIERS_LAC.c.nom_table == table, FICHIERS_LAC.c.chemin == "/".join(reste)
        c.execute(update(FICHIERS_LAC).where(*sien).values(retire_le=instant))


def fingerprint_fichier(chemin: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    octets = read_octets(chemin)
    return fingerprint(octets), chemin.stat().st_size


def _read_new(c: Connection, lac: Lac, table: str) -> Iterator[Empreinte]:
    version = lac.version(table)
    derniere = _read_version(c, table)
    if version is None or version == derniere:
        return
    dossier = lac.dossier / table
    debut = 0 if derniere is None else derniere + 1
    commits = [name_commit(rang) for rang in range(debut, version + 1)]
    if all((dossier / f"{commit}.json").exists() for commit in commits):
        chemins = list_added(dossier, commits)
    else:  # its past was closed since: what was added is known by what stands
        chemins = _list_standing(dossier, commits[-1]) - _read_chemins(c, table)
    for nom in sorted(chemins):
        if (dossier / nom).exists():  # a row that another commit replaced may have gone since
            yield Empreinte(table, nom, *fingerprint_fichier(dossier / nom))


def _read_version(c: Connection, table: str) -> int | None:
    """Version of the last commit of a table that has a fingerprint."""
    commits = FICHIERS_LAC.c.chemin.like(f"{JOURNAL}/%.json")
    requete = select(func.max(FICHIERS_LAC.c.chemin)).where(FICHIERS_LAC.c.nom_table == table)
    dernier = c.scalar(requete.where(commits))
    return None if dernier is None else int(Path(dernier).stem)


def _list_standing(dossier: Path, commit: str) -> set[str]:
    """Files that a table reads as of its last commit, this and its checkpoint."""
    lignes = pl.DataFrame(DeltaTable(str(dossier)).get_add_actions())["path"]
    siens = {f"{commit}.json", f"{commit}.checkpoint.parquet"}
    return siens | {unquote(nom) for nom in lignes}


def _read_chemins(c: Connection, table: str) -> set[str]:
    """Files of a table that have a fingerprint."""
    connus = select(FICHIERS_LAC.c.chemin).where(FICHIERS_LAC.c.nom_table == table)
    return set(c.scalars(connus))
