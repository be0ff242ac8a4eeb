"""A house over another, thrown away: what is written in it is seen there, and nowhere else.

    with open_jetable(maison) as essai: ...

It reads what the other holds (lake, archive, registry, journal); its own rows and files are in a
temporary folder and in memory. The file of nobody leaves it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import ColumnElement, Connection, Table, insert, select

from specs.octets import Octets
from warehouse.apercu import LacApercu
from warehouse.archive import Archive
from warehouse.maison import Maison, open_maison
from warehouse.metadonnees import METADATA

# What no step reads of the past: acts, files handed over, what was done.
NON_LUES = frozenset({"audit", "remises", "dessins", "etapes"})
PAQUET = 1_000


@dataclass(frozen=True, slots=True)
class ArchiveApercu(Archive):
    """An archive whose new files are its own; the others are read where they are."""

    dessous: Archive

    def open(self, sha256: str) -> Octets:
        """See `Archive.open`."""
        if self.path(sha256).exists():
            return Archive.open(self, sha256)
        return self.dessous.open(sha256)


def over_archive(propre: Archive, dessous: Archive) -> ArchiveApercu:
    """An archive whose new files go to `propre`, over another."""
    return ArchiveApercu(propre.dossier, propre.trousseau, dessous)


@contextmanager
def open_jetable(maison: Maison) -> Iterator[Maison]:
    """A house that begins as `maison` is, until the end of the block."""
    with TemporaryDirectory() as dossier:
        propres = {"dossier": Path(dossier), "base_sql": None}
        copie = open_maison(maison.reglages.model_copy(update=propres))
        with maison.moteur.connect() as source, copie.moteur.begin() as cible:
            copy_base(source, cible, NON_LUES)
        yield replace(
            copie,
            archive=over_archive(copie.archive, maison.archive),
            lac=LacApercu.over(maison.lac),
            cle_pseudonymes=maison.cle_pseudonymes,
        )
        copie.moteur.dispose()


def copy_base(source: Connection, cible: Connection, sauf: Collection[str] = frozenset()) -> None:
    """Every row of the base, into one that is empty; `sauf`: tables left out."""
    for table in METADATA.sorted_tables:
        if table.name not in sauf:
            copy_lignes(source, cible, table)


def copy_lignes(
    source: Connection, cible: Connection, table: Table, *choix: ColumnElement[bool]
) -> None:
    """Rows of a table, all or those chosen, into the same table of another base."""
    lues = source.execute(select(table).where(*choix)).mappings()
    while lignes := [dict(ligne) for ligne in lues.fetchmany(PAQUET)]:
        cible.execute(insert(table), lignes)
