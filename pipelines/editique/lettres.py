"""A letter: files owed to one box, composed and archived when it is their turn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from pipelines.editique.dessins import Dessin
from pipelines.editique.formes import Fichier
from warehouse.archive import Lot
from warehouse.maison import Maison
from warehouse.remises import Remise

PDF = ".pdf"


@dataclass(frozen=True, slots=True)
class Lettre:
    """What is owed to the box `adherent`: `draw` gives its files, always the same bytes.

    `depot`: the deposit that it answers, and `mode`, what that one is; `cdg`: the management centre
    that it is about; see `warehouse.remises.Remise`. `canal`: how it goes when not to the box.
    """

    adherent: str
    draw: Callable[[], Iterator[Fichier]]
    depot: str | None = None
    mode: str | None = None
    cdg: str | None = None
    canal: str | None = None


def archive_lettres(maison: Maison, lettres: Iterable[Lettre]) -> list[Remise]:
    """The files of these letters, or what will draw them, in the archive, in their order."""
    with (
        maison.archive.together() as lot,
        # typst and lxml free the interpreter while they compose
        ThreadPoolExecutor(os.cpu_count()) as fils,
    ):
        return list(chain.from_iterable(fils.map(lambda le: _archive(lot, le), lettres)))


def _archive(lot: Lot, lettre: Lettre) -> list[Remise]:
    """What has nothing to print stays for the box."""
    fichiers = list(lettre.draw())
    imprimes = [f for f in fichiers if f[0].endswith(PDF)] if lettre.canal else []
    if imprimes:
        return [_archived(lot, lettre, *fichier) for fichier in imprimes]
    ordinaire = replace(lettre, canal=None)
    return [_archived(lot, ordinaire, *fichier) for fichier in fichiers]


def _archived(lot: Lot, lettre: Lettre, nom: str, contenu: bytes | Dessin) -> Remise:
    a_dessiner = isinstance(contenu, Dessin)
    octets = contenu.serialize() if isinstance(contenu, Dessin) else contenu
    return Remise(
        lettre.adherent,
        nom,
        lot.write(octets),
        None if a_dessiner else len(octets),
        depot=lettre.depot,
        mode=lettre.mode,
        cdg=lettre.cdg,
        a_dessiner=a_dessiner,
        canal=lettre.canal,
    )
