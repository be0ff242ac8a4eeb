"""Fingerprints of the knowledge and of the code that a step was run with."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

import parsers
import pipelines
import specs
import warehouse

if TYPE_CHECKING:
    from typing_extensions import Buffer

SOURCES = {".py", ".yaml", ".csv", ".sql", ".typ", ".xsd"}


@cache
def version_specs() -> str:
    """Fingerprint of every file of specs."""
    return _fingerprint(specs.__path__[0])


def version_code() -> str:
    """Fingerprint of the reader and of the rules; another one after each oblivion."""
    return _code() if not _OUBLIS.nombre else f"{_code()}-{_OUBLIS.nombre}"


@contextmanager
def sans_memoire() -> Iterator[Callable[[], None]]:
    """Until the end of the block, calling what is given makes nights forget what was done before.

    What they remember to do less bears the version of the code that did it: as after a change of
    code, all is done again.
    """
    try:
        yield _OUBLIS.add
    finally:
        _OUBLIS.nombre = 0


@dataclass(slots=True)
class _Oublis:
    nombre: int = 0

    def add(self) -> None:
        self.nombre += 1


_OUBLIS = _Oublis()


@cache
def _code() -> str:
    return _fingerprint(parsers.__path__[0], pipelines.__path__[0])


@cache
def version_moteur() -> str:
    """Fingerprint of all that a night runs with: the specs, the code, and what keeps its data."""
    parties = version_specs(), _code(), _fingerprint(warehouse.__path__[0])
    return hashlib.sha256("".join(parties).encode()).hexdigest()[:16]


def frame_fingerprint(*frames: pl.DataFrame) -> str:
    """Fingerprint of the content of sorted frames."""
    puits = _Puits()
    for frame in frames:
        if frame.is_empty():  # what CSV says of it, ten times faster: half of what is asked
            puits.write(f"{','.join(frame.columns)}\n".encode())
        else:
            frame.write_csv(puits)
    return puits.condense.hexdigest()


class _Puits(io.BytesIO):
    """A file that keeps nothing but the fingerprint of what is written: a shard may be large."""

    def __init__(self) -> None:
        super().__init__()
        self.condense = hashlib.sha256()

    def write(self, octets: Buffer) -> int:
        self.condense.update(octets)
        return memoryview(octets).nbytes


def _fingerprint(*dossiers: str) -> str:
    condense = hashlib.sha256()
    for dossier in dossiers:
        for chemin in sorted(Path(dossier).rglob("*")):
            if chemin.suffix in SOURCES:
                condense.update(chemin.relative_to(dossier).as_posix().encode())
                condense.update(chemin.read_bytes())
    return condense.hexdigest()[:16]
