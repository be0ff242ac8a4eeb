"""The engine that a night runs with: its sources, kept once a version, to play the night again."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import specs
from pipelines.nuit.versions import version_moteur
from warehouse.maison import Maison
from warehouse.nuits import Moteur, find_moteur

PAQUETS = ("parsers", "pipelines", "specs", "warehouse")
VERROU = "requirements.lock"
SANS_DATE = (1980, 1, 1, 0, 0, 0)  # the first of the format: the same sources give the same bytes


class MoteurArrete(RuntimeError):  # noqa: N818 - named in French
    """An engine that runs apart did not end well: the last line that it said."""


def run_apart(
    sources: Path, module: str, arguments: Sequence[str], environ: Mapping[str, str]
) -> None:
    """Run a module of the engine whose sources are in a folder, as a process of its own.

    `environ`: variables beside those of this process. MoteurArrete when it fails.
    """
    fini = subprocess.run(  # noqa: S603 - our own sources
        [sys.executable, "-m", module, *arguments],
        cwd=sources,
        env={**os.environ, **environ, "PYTHONPATH": str(sources), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if fini.returncode:
        raise MoteurArrete((fini.stderr.strip() or "arrêté").splitlines()[-1])


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
