"""A home as nights left it before its tables were cut by period."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING

from deltalake import write_deltalake

from pipelines.nuit.partage import PARTAGE
from specs.contrats import TRANCHE
from warehouse.journal import CleEtape, record_etape
from warehouse.maison import open_maison

if TYPE_CHECKING:
    from warehouse.maison import Maison


def age(maison: Maison, tables: Iterable[str], memoires: Iterable[str] = ()) -> Maison:
    """The home opened again, `tables` being written by shard alone, without `memoires`."""
    for table in tables:
        lignes = maison.lac.read(table).drop(TRANCHE, strict=False).collect()
        write_deltalake(
            str(maison.lac.dossier / table),
            lignes,
            mode="overwrite",
            schema_mode="overwrite",
            partition_by=["part"],
        )
    for table in memoires:
        shutil.rmtree(maison.lac.dossier / table)
    vieille = open_maison(maison.reglages)
    with vieille.moteur.begin() as connexion:
        cle = CleEtape(PARTAGE, "caisse", "avant", "", "")
        record_etape(connexion, cle, resultat={}, empreinte="", duree_ms=0)
    return vieille
