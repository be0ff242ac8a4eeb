"""The engine that a night runs with: its sources, kept once a version, to play the night again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import specs
from pipelines.nuit.versions import version_moteur
from warehouse.maison import Maison
from warehouse.nuits import Moteur, find_moteur

PAQUETS = ("parsers", "pipelines", "specs", "warehouse")
VERROU = "requirements.lock"
SANS_DATE = (1980, 1, 1, 0, 0, 0)  # the first of the format: the same sources give the same bytes


def keep_moteur(maison: Maison) -> Moteur:
    """The engine that runs, its sources in the archive of the home."""
    version = version_moteur()
    with maison.moteur.connect() as connexion:
        connu = find_moteur(connexion, version)
    return connu or Moteur(version, maison.archive.write(compose_sources()))


@cache
def compose_sources() -> bytes:
    """A ZIP of the packages that a night needs, and of the lock of its libraries if it is there."""
    racine, puits = _racine(), io.BytesIO()
    with zipfile.ZipFile(puits, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for chemin in _list_sources(racine):
            entree = zipfile.ZipInfo(chemin.relative_to(racine).as_posix(), SANS_DATE)
            entree.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entree, chemin.read_bytes())
    return puits.getvalue()


def _list_sources(racine: Path) -> Iterator[Path]:
    for paquet in PAQUETS:
        for chemin in sorted((racine / paquet).rglob("*")):
            if chemin.is_file() and "__pycache__" not in chemin.parts:
                yield chemin
    if (racine / VERROU).exists():
        yield racine / VERROU


def read_verrou() -> bytes | None:
    """The lock of the libraries of this engine; None when it was installed without it."""
    verrou = _racine() / VERROU
    return verrou.read_bytes() if verrou.exists() else None


def _racine() -> Path:
    return Path(specs.__path__[0]).parent
