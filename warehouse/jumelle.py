"""A twin of a house: it begins as the house is, lives whole nights of its own, and is thrown away.

    with open_jumelle(maison) as jumelle: ...

Its lake has the files of the other by hard links (no file of the lake is ever written twice), its
base is a copy, what was done included; the archive of the other is read where it is. Its boxes are
empty: nothing that it does reaches a company.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.archive import Archive
from warehouse.coffre.trousseau import read_trousseau
from warehouse.jetable import copy_base, over_archive
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages

PREFIXE = ".jumelle-"  # inside the home: links want the same file system


@contextmanager
def open_jumelle(maison: Maison) -> Iterator[Maison]:
    """A house that is as `maison` is, until the end of the block; no night may be running."""
    with TemporaryDirectory(dir=maison.reglages.dossier, prefix=PREFIXE) as nom:
        dossier = Path(nom)
        shutil.copytree(maison.lac.dossier, dossier / "lac", copy_function=_link)
        shutil.copytree(maison.reglages.dossier / "cles", dossier / "cles")
        jumelle = _open(settle(maison.reglages, dossier), maison.archive)
        with maison.moteur.connect() as source, jumelle.moteur.begin() as cible:
            copy_base(source, cible)
        yield jumelle
        jumelle.moteur.dispose()


def reopen_jumelle(reglages: Reglages, origine: Path) -> Maison:
    """A twin that another process opened: its settings, the home that it is a twin of."""
    trousseau = read_trousseau(settle(reglages, origine))
    return _open(reglages, Archive(origine / "depots", trousseau))


def settle(reglages: Reglages, dossier: Path) -> Reglages:
    """The settings of a house, for one that has its own base and its own boxes in `dossier`."""
    ailleurs = ("base_sql", "source_depots", "boites")
    return reglages.model_copy(update={"dossier": dossier, **dict.fromkeys(ailleurs)})


def _open(reglages: Reglages, archive: Archive) -> Maison:
    jumelle = open_maison(reglages)
    return replace(jumelle, archive=over_archive(jumelle.archive, archive))


def _link(source: str, cible: str) -> None:
    """The same file under another name, or a copy where there can be none."""
    try:
        os.link(source, cible)
    except OSError:
        shutil.copy2(source, cible)
