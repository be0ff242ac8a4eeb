"""A letter: files owed to one box, composed and archived when it is their turn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from pipelines.editique.dessins import Dessin
from pipelines.editique.formes import Fichier
from warehouse.maison import Maison
from warehouse.remises import Remise


@dataclass(frozen=True, slots=True)
class Lettre:
    """What is owed to the box `adherent`: `draw` gives its files, always the same bytes.

    `depot`: the deposit that it answers, and `mode`, what that one is; `cdg`: the management centre
    that it is about; see `warehouse.remises.Remise`.
    """

    adherent: str
    draw: Callable[[], Iterator[Fichier]]
    depot: str | None = None
    mode: str | None = None
    cdg: str | None = None


def archive_lettres(maison: Maison, lettres: Iterable[Lettre]) -> list[Remise]:
    """The files of these letters, in the archive, in their order."""
    with ThreadPoolExecutor(
        os.cpu_count()
    ) as fils:  # typst and lxml free the interpreter while they compose
        return list(chain.from_iterable(fils.map(lambda le: archive_lettre(maison, le), lettres)))


def archive_lettre(maison: Maison, lettre: Lettre) -> list[Remise]:
    """The files of one letter, or what will draw them, in the archive."""
    return [_archived(maison, lettre, *fichier) for fichier in lettre.draw()]


def _archived(maison: Maison, lettre: Lettre, nom: str, contenu: bytes | Dessin) -> Remise:
    a_dessiner = isinstance(contenu, Dessin)
    octets = contenu.serialize() if isinstance(contenu, Dessin) else contenu
    return Remise(
        lettre.adherent,
        nom,
        maison.archive.write(octets),
        None if a_dessiner else len(octets),
        depot=lettre.depot,
        mode=lettre.mode,
        cdg=lettre.cdg,
        a_dessiner=a_dessiner,
    )
