"""Every row in its shard, whatever the shards and the contract were when it was written.

The lake is shared again as soon as the number of shards changes, or what a table is rewritten by.
What was published before stays as it was written: the shards that it tells are those of that time.
"""

from __future__ import annotations

import hashlib

import polars as pl

from pipelines.nuit.parts import Part, places_of, shard_of, sharded_tables
from specs.contrats import PART, read_contrat
from warehouse.journal import CleEtape, is_derniere, read_derniere, record_etape
from warehouse.maison import Maison
from warehouse.publications import read_publication, read_table_publiee

PARTAGE, PARTAGE_TABLE = "partage", "partage_table"


def share_again(maison: Maison) -> None:
    """Put every row in its partition, when these have changed since it was written."""
    cle = CleEtape(PARTAGE, "caisse", _layout(maison), "", "")
    with maison.moteur.connect() as connexion:
        if is_derniere(connexion, cle):
            return
    ecrites = [contrat.nom for contrat in sharded_tables() if _share_table(maison, contrat.nom)]
    versions = [(table, maison.lac.version(table)) for table in ecrites]
    faites = [CleEtape(PARTAGE_TABLE, table, str(version), "", "") for table, version in versions]
    with maison.moteur.begin() as connexion:
        for faite in (*faites, cle):
            record_etape(connexion, faite, resultat={}, empreinte="", duree_ms=0)


def _layout(maison: Maison) -> str:
    """The number of shards, and what each table is rewritten by, in short."""
    partitions = repr(sorted((c.nom, c.partition) for c in sharded_tables()))
    empreinte = hashlib.sha256(partitions.encode()).hexdigest()[:16]
    return f"{maison.reglages.nombre_parts}:{empreinte}"


def _share_table(maison: Maison, table: str) -> bool:
    """Whether rows of the table were in another partition: they are in theirs."""
    contrat, nombre = read_contrat(table), maison.reglages.nombre_parts
    ailleurs = maison.lac.read(table).filter(pl.col(PART) != shard_of(contrat, nombre)).head(1)
    if maison.lac.is_partitioned(table) and ailleurs.collect().is_empty():
        return False
    maison.lac.redistribute(table, list(places_of(contrat, nombre)))
    return True


def read_publiees(maison: Maison, table: str, part: Part) -> pl.LazyFrame:
    """Rows of a shard of a table as last published, in any order: see `read_table_publiee`.

    The files of the other shards are not opened, unless the table was shared again since.
    """
    lignes = read_table_publiee(maison, table).filter(part.siennes())
    return lignes.filter(part.ecrites()) if _is_shared(maison, table, part) else lignes


def _is_shared(maison: Maison, table: str, part: Part) -> bool:
    """Whether the rows that are published stand in the shards of tonight."""
    if (read_contrat(table).partage, maison.reglages.nombre_parts) != (part.partage, part.nombre):
        return False
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion)
        partagee = read_derniere(connexion, PARTAGE_TABLE, table)
    if publication is None or partagee is None:
        return True
    return publication.versions.get(table, 0) >= int(partagee.empreinte_entrees)
