"""A home as nights left it before its tables were cut by period."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from deltalake import write_deltalake

from bench.nuit_intemperies import publish_night
from specs.contrats import TRANCHE
from warehouse.maison import open_maison

if TYPE_CHECKING:
    from warehouse.maison import Maison


def age(maison: Maison, jour: date, tables: Iterable[str], memoires: Iterable[str]) -> Maison:
    """The home opened again, published on a day: `tables` by shard alone, without `memoires`."""
    for table in tables:
        lignes = maison.lac.read(table).drop(TRANCHE, strict=False).collect()
        dossier = maison.lac.dossier / table
        shutil.rmtree(dossier, ignore_errors=True)
        write_deltalake(str(dossier), lignes, partition_by=["part"])
    for table in memoires:
        shutil.rmtree(maison.lac.dossier / table)
    vieille = open_maison(maison.reglages)
    publish_night(vieille, jour)
    return vieille
