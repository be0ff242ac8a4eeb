"""A night that received nothing: what depends on the day alone is computed for all shards at once.

A shard costs the same whatever little it has to do. Shards are for what is new, and for several
machines: here, the rows of all of them are read together, and each is written where it was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pipelines.nuit.parts import ENSEMBLE
from warehouse.journal import read_derniere_arrivee
from warehouse.maison import Maison
from warehouse.nuits import read_vue
from warehouse.publications import read_publication
from warehouse.registre import read_adherents

MEMBRES = 20_000  # more of them are too many rows for one task


def gather_parts(maison: Maison, date_arrete: date, numeros: Collection[int]) -> list[int]:
    """These shards, sorted; ENSEMBLE in their place when nothing came since what is published."""
    if len(numeros) > 1 and _is_calme(maison, date_arrete):
        return [ENSEMBLE]
    return sorted(numeros)


def _is_calme(maison: Maison, date_arrete: date) -> bool:
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion)
        if publication is None:
            return False
        derniere = read_derniere_arrivee(connexion)
        if derniere is not None and derniere > publication.publie_le:
            return False
        vue = read_vue(connexion, date_arrete)
        return read_adherents(connexion, vue.registre).height <= MEMBRES
