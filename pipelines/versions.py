"""Fingerprints of the knowledge and of the code that a step was run with."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import polars as pl

import parsers
import pipelines
import specs

SOURCES = {".py", ".yaml", ".csv", ".typ", ".xsd"}


@cache
def version_specs() -> str:
    """Fingerprint of every file of specs."""
    return _fingerprint(specs.__path__[0])


@cache
def version_code() -> str:
    """Fingerprint of the reader and of the rules."""
    return _fingerprint(parsers.__path__[0], pipelines.__path__[0])


def frame_fingerprint(*frames: pl.DataFrame) -> str:
    """Fingerprint of the content of sorted frames."""
    condense = hashlib.sha256()
    for frame in frames:
        condense.update(frame.write_csv().encode())
    return condense.hexdigest()


def _fingerprint(*dossiers: str) -> str:
    condense = hashlib.sha256()
    for dossier in dossiers:
        for chemin in sorted(Path(dossier).rglob("*")):
            if chemin.suffix in SOURCES:
                condense.update(chemin.relative_to(dossier).as_posix().encode())
                condense.update(chemin.read_bytes())
    return condense.hexdigest()[:16]
