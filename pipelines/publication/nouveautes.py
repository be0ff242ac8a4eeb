"""Whether a night has something to publish."""

from __future__ import annotations

import polars as pl

from pipelines.publication.nuit import Nuit
from specs.contrats import PLACES, contrats, read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_changes, read_table_publiee


def is_new(maison: Maison, nuit: Nuit) -> bool:
    """Whether readers would see more than doubles and older debts: a call, a deposit, an entry.

    A fund publishes first when something was dropped: a registry alone opens nothing. What is new
    in a table, its contract says.
    """
    if _has_changed(maison, nuit, "alertes"):
        return True
    publies = read_table_publiee(maison, "depots").collect().sort("depot")
    pas_double = pl.col("etat") != "DOUBLON"
    if not nuit.depots.filter(pas_double).equals(publies.filter(pas_double)):
        return True
    if any(_has_grown(maison, nuit, nom) for nom in list_nouveautes("ouverture")):
        return True
    if nuit.precedente is None:
        return False
    return any(_has_grown(maison, nuit, nom) for nom in list_nouveautes("lignes")) or any(
        _has_changed(maison, nuit, nom) for nom in list_nouveautes("contenu")
    )


def list_nouveautes(nouveaute: str) -> list[str]:
    """Tables whose contract says so what is new in them."""
    return [nom for nom, contrat in contrats().items() if contrat.nouveaute == nouveaute]


def _has_grown(maison: Maison, nuit: Nuit, table: str) -> bool:
    """Whether a table whose published rows stay has new ones."""
    if _is_published(maison, nuit, table):
        return False
    lues, publiees = (frame.select(pl.len()).collect() for frame in read_changes(maison, table))
    return not lues.equals(publiees)


def _has_changed(maison: Maison, nuit: Nuit, table: str) -> bool:
    """Whether the rows of a table are not the published ones, in whatever shard they are."""
    if _is_published(maison, nuit, table):
        return False
    lues, publiees = (
        frame.drop(PLACES, strict=False).collect().sort(read_contrat(table).cle)
        for frame in read_changes(maison, table)
    )
    return not lues.equals(publiees)


def _is_published(maison: Maison, nuit: Nuit, table: str) -> bool:
    """Whether the table stands as it is published, or was never written: nothing is to be read."""
    suivie = read_contrat(table).suit  # published rows of which another table decides
    if nuit.precedente is None or suivie is not None:
        return False
    return nuit.precedente.versions.get(table) == maison.lac.version(table)
