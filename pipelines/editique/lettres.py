"""A letter: files owed to one box, drawn and archived when it is their turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from pipelines.editique.formes import Fichier
from warehouse.maison import Maison
from warehouse.publications import Remise


@dataclass(frozen=True, slots=True)
class Lettre:
    """What is owed to the box `adherent`: `draw` gives its files, always the same bytes."""

    adherent: str
    draw: Callable[[], Iterator[Fichier]]


def archive_lettres(maison: Maison, lettres: Iterable[Lettre]) -> list[Remise]:
    """The files of these letters, in the archive, in their order."""
    with ThreadPoolExecutor() as fils:  # typst and lxml free the interpreter while they compose
        return list(chain.from_iterable(fils.map(lambda le: archive_lettre(maison, le), lettres)))


def archive_lettre(maison: Maison, lettre: Lettre) -> list[Remise]:
    """The files of one letter, in the archive."""
    return [
        Remise(lettre.adherent, nom, maison.archive.write(octets)) for nom, octets in lettre.draw()
    ]
