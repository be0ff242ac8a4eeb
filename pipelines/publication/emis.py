"""The history of the files given to companies, as a publication tells it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.publication.nuit import Nuit
from warehouse.fichiers_emis import TABLE, build_dues, find_mois, read_mois
from warehouse.maison import Maison
from warehouse.remises import Remise, find_nouvelles


def write_emis(maison: Maison, nuit: Nuit, remises: Sequence[Remise], instant: str) -> None:
    """Write the months in which something is new, with what this publication is about to owe.

    What is drawn, handed over or taken while the night runs is for the next one.
    """
    registre = nuit.vue.registre
    with maison.moteur.connect() as connexion:
        nouvelles = find_nouvelles(connexion, remises)
        dues = build_dues(connexion, nouvelles, instant, nuit.numero, registre)
        changes = find_mois(connexion, maison.lac.read(TABLE), dues["mois"].unique(), instant)
        for mois in changes:
            lues = read_mois(connexion, mois, registre, instant)
            siennes = dues.filter(pl.col("mois") == mois)
            maison.lac.write(TABLE, pl.concat([lues, siennes]), {"mois": mois})
