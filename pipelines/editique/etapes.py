"""Drawing what was published: by shard of boxes, in any order, as often as it takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from zlib import crc32

from pipelines.editique.dessins import parse_dessin
from specs.typographie import format_compte
from warehouse.archive import Lot
from warehouse.instants import format_instant
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.remises import Commande, Remise, read_commandes, record_dessins

LOT = 200  # drawings marked together


class DessinImpossible(RuntimeError):  # noqa: N818 - named in French
    """Some files could not be drawn; they wait, the others are."""


@dataclass(frozen=True, slots=True)
class Dessines:
    """How many files were drawn."""

    faits: int

    def count(self) -> dict[str, int | None]:
        """The figure."""
        return {"dessines": self.faits}


def plan_dessins(maison: Maison) -> list[int]:
    """Shards with a file to draw, sorted."""
    with maison.moteur.connect() as connexion:
        commandes = read_commandes(connexion)
    return sorted({_shard(maison, commande) for commande in commandes})


def draw_part(maison: Maison, part: int, maintenant: datetime) -> Dessines:
    """Draw the files of a shard, kind by kind; what is drawn is owed at once, lot by lot.

    DessinImpossible once all were tried, when one could not be.
    """
    with maison.moteur.connect() as connexion:
        commandes = [c for c in read_commandes(connexion) if _shard(maison, c) == part]
    # a name starts with the kind: typst takes again what the one before it laid out alike
    commandes.sort(key=lambda commande: commande.remise.nom)
    echecs: list[str] = []
    faits = 0
    for debut in range(0, len(commandes), LOT):
        lot = commandes[debut : debut + LOT]
        dessines = _draw_all(maison, lot, echecs)
        crashpoint("dessin.apres_archive")
        with maison.moteur.begin() as connexion:
            record_dessins(connexion, dessines, format_instant(maintenant))
        crashpoint("dessin.inscrit")
        faits += len(dessines)
    if echecs:
        causes = ", ".join(sorted(set(echecs)))
        restent = format_compte(len(echecs), "fichier")
        raise DessinImpossible(
            f"{restent} à dessiner, {format_compte(faits, 'dessiné')} ; {causes}"
        )
    return Dessines(faits)


def _draw_all(
    maison: Maison, commandes: Sequence[Commande], echecs: list[str]
) -> list[tuple[Commande, Remise]]:
    """The files of these orders, in the archive; the cause of each failure is added to `echecs`."""
    dessines = []
    with (
        maison.archive.together() as lot,
        # typst frees the interpreter while it composes
        ThreadPoolExecutor(os.cpu_count()) as fils,
    ):

        def draw(commande: Commande) -> Remise | Exception:
            try:
                return _draw(lot, commande.remise)
            except Exception as erreur:  # noqa: BLE001 - one file never stops the others
                return erreur

        for commande, remise in zip(commandes, fils.map(draw, commandes), strict=True):
            if isinstance(remise, Remise):
                dessines.append((commande, remise))
            else:
                echecs.append(type(remise).__name__)
    return dessines


def _draw(lot: Lot, due: Remise) -> Remise:
    octets = parse_dessin(lot.archive.read(due.sha256)).draw()
    sha256 = lot.write(octets)
    return replace(due, sha256=sha256, octets=len(octets), a_dessiner=False)


def _shard(maison: Maison, commande: Commande) -> int:
    return crc32(commande.remise.adherent.encode()) % maison.reglages.nombre_parts
