"""The companies to whom documents go tonight, with their rows of the lake."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from pipelines.editique.dossiers import Dossier, read_dossiers
from pipelines.publication.nuit import Nuit
from warehouse.maison import Maison
from warehouse.registre.lecture import read_adherents


def read_dossiers_nuit(
    maison: Maison, nuit: Nuit, tables: tuple[str, ...], sirens: Collection[str] | None = None
) -> Iterator[Dossier]:
    """Those served tonight, by siren: all of them, or those of `sirens`."""
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, nuit.vue.registre).filter(nuit.served())
    if sirens is not None:
        adherents = adherents.filter(pl.col("siren").is_in(sorted(sirens)))
    if adherents.is_empty():
        return iter(())

    def read(table: str) -> pl.LazyFrame:
        # The deposits of tonight, with their states, are in the lake once all is written.
        return nuit.depots.lazy() if table == "depots" else maison.lac.read(table)

    return read_dossiers(read, adherents, tables, nuit.date_arrete, nuit.numero)
