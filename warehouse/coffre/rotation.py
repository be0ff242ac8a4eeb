"""What is kept put under the current key of the vault: after another was drawn, or was in clear.

    add_cle(dossier, 2)
    seal_again(open_maison(reglages))

Each thing is whole under its former key, then whole under the current one: cut, it is done again,
and goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from warehouse.archive import Archive
from warehouse.coffre.contenus import read_cle
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint

CLAIR = "en clair"
LOT = 256  # contents put under another key between two synchronisations


def count_contents(archive: Archive) -> Counter[str]:
    """Contents of an archive by the name of their key, CLAIR without one."""
    return Counter(_name(archive, sha256) for sha256 in archive.list_contents())


def seal_again(maison: Maison) -> int:
    """Put under the current key all that is not; how many contents were.

    Raises:
        ArchiveCorrompue, CoffreFerme: a content can't be opened; those before it are done.
    """
    restants = _list_others(maison.archive)
    faits = 0
    while lot := list(islice(restants, LOT)):
        with maison.archive.together() as ensemble:
            for sha256 in lot:
                ensemble.seal_again(sha256)
        faits += len(lot)
        crashpoint("coffre.lot_scelle")
    return faits


def name_courante(archive: Archive) -> str:
    """Name of the key that things are sealed with, CLAIR without one."""
    cle = archive.trousseau.courante
    return CLAIR if cle is None else cle.nom.hex()


def _list_others(archive: Archive) -> Iterator[str]:
    courante = name_courante(archive)
    return (sha256 for sha256 in archive.list_contents() if _name(archive, sha256) != courante)


def _name(archive: Archive, sha256: str) -> str:
    cle = read_cle(archive.path(sha256))
    return CLAIR if cle is None else cle.hex()
