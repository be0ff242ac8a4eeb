"""A home that is only read, live or a copy of one: nothing is written in it.

A file of SQLite can't be read without its folder being written: it is read from a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.archive import Archive
from warehouse.audit import keep_cle
from warehouse.coffre.colonnes_sql import keep_trousseau
from warehouse.coffre.trousseau import read_trousseau
from warehouse.lac import Lac
from warehouse.maison import CLE, Maison, read_cle_preuves
from warehouse.migrations import migrate
from warehouse.moteur import open_moteur
from warehouse.reglages import Reglages

SQLITE = "sqlite:///"


class CopieIllisible(RuntimeError):  # noqa: N818 - named in French
    """What is not a home can't be audited; the message, in French, says what is missing."""


@contextmanager
def open_copie(reglages: Reglages) -> Iterator[Maison]:
    """The home of the settings, to be read; CopieIllisible when its base or a key is missing."""
    cles = [read_cle_preuves(reglages.dossier), _read(reglages.dossier / CLE)]
    if None in cles:
        raise CopieIllisible(f"« {reglages.dossier} » n'a pas ses clés (dossier `cles`)")
    preuves, pseudonymes = (cle or b"" for cle in cles)
    with TemporaryDirectory() as nom:
        moteur = open_moteur(_place_base(reglages, Path(nom)))
        if moteur.dialect.name == "sqlite":
            migrate(moteur)
        keep_cle(moteur, preuves)
        racine = reglages.dossier
        trousseau = read_trousseau(reglages)
        keep_trousseau(moteur, trousseau)
        archive, lac = Archive(racine / "depots", trousseau), Lac(racine / "lac", trousseau)
        try:
            yield Maison(reglages, moteur, archive, lac, pseudonymes, preuves)
        finally:
            moteur.dispose()


def _place_base(reglages: Reglages, dossier: Path) -> str:
    """Address of the base, copied with its log when it is a file."""
    if not reglages.url_sql.startswith(SQLITE):
        return reglages.url_sql
    base = Path(reglages.url_sql.removeprefix(SQLITE))
    if not base.is_file():
        raise CopieIllisible(f"« {base} » : pas de base")
    for fichier in (base, base.with_name(f"{base.name}-wal")):
        if fichier.exists():
            shutil.copyfile(fichier, dossier / fichier.name)
    return f"{SQLITE}{dossier / base.name}"


def _read(chemin: Path) -> bytes | None:
    return chemin.read_bytes() if chemin.is_file() else None
