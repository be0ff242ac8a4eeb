"""The lots of the deposits that wait, named after their first and last numbers.

One that begins with deposit 12 is `D00000012-D00000057`: its rank is 12.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.lots import cut_lots
from specs.contrats import codes_of
from warehouse.journal import Depot, read_depots
from warehouse.maison import Maison

(RECU,) = codes_of("depots", "etat", "RECU")


def list_lots(maison: Maison, avant: str | None = None) -> list[str]:
    """Names of the lots of what waits, in the order of the deposits; `avant`: before this lot."""
    recus = _read_recus(maison)
    if avant is not None:
        recus = [depot for depot in recus if depot.numero < rank_lot(avant)]
    lots = cut_lots(recus, lambda depot: depot.octets, maison.reglages.lot_octets)
    return [f"{lot[0].depot}-{lot[-1].depot}" for lot in lots]


def read_lot(maison: Maison, nom: str) -> list[Depot]:
    """The deposits of a lot that wait, by number."""
    return select_lot(_read_recus(maison), nom)


def select_lot(depots: Iterable[Depot], nom: str) -> list[Depot]:
    """Those of these deposits that a lot holds."""
    premier, dernier = nom.split("-")
    return [depot for depot in depots if premier <= depot.depot <= dernier]


def rank_lot(nom: str) -> int:
    """The number of its first deposit."""
    return int(nom[1:].partition("-")[0])


def _read_recus(maison: Maison) -> list[Depot]:
    with maison.moteur.connect() as connexion:
        return read_depots(connexion, {RECU})
