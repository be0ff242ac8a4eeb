"""Control of any file by all that the fund does, without any state (`caisse verifier`)."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.controle.lecture import Lecture, read_fichiers
from pipelines.metiers import METIERS
from pipelines.recus import Recu
from specs.octets import Octets


def verify_fichiers(fichiers: Iterable[tuple[int, Octets]], adherent: str | None = None) -> Lecture:
    """Read and check files, each under its number; `adherent`: the box that they came from."""
    return read_fichiers((Recu(n, octets, adherent=adherent) for n, octets in fichiers), METIERS)
