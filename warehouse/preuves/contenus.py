"""Contents that the base names, which the archive must have."""

from __future__ import annotations

from sqlalchemy import Connection, select, union

from warehouse.purges import read_purges
from warehouse.tables_acces import DEMANDES
from warehouse.tables_registre import IMPORTS_REGISTRE
from warehouse.tables_sql import DEPOTS, DESSINS, NUITS, REMISES


def read_nommes(c: Connection, taille_max_octets: int) -> frozenset[str]:
    """SHA-256 of deposits, files given or to draw, requests, imports, engines; not what was purged.

    A deposit larger than `taille_max_octets` was never kept.
    """
    nommes = union(
        select(DEPOTS.c.sha256).where(DEPOTS.c.octets <= taille_max_octets),
        select(REMISES.c.sha256),
        select(DESSINS.c.sha256),
        select(DEMANDES.c.contenu),
        select(IMPORTS_REGISTRE.c.sha256).where(IMPORTS_REGISTRE.c.sha256.is_not(None)),
        select(NUITS.c.sources).where(NUITS.c.sources.is_not(None)),
    )
    return frozenset(c.scalars(nommes)) - read_purges(c).keys()
