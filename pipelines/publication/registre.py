"""The registry and the decisions as tables of the lake, so that a publication pins them.

IBANs are masked there: the lake holds no account number.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from specs.contrats import read_contrat
from warehouse.decisions import read_decisions
from warehouse.maison import Maison
from warehouse.registre import TABLES


def write_registre(maison: Maison) -> Mapping[str, int]:
    """Write the tables that changed since they were last written.

    Returns:
        The new Delta version of each table written; none when nothing changed.
    """
    with maison.moteur.connect() as connexion:
        frames = {nom: read(connexion) for nom, read in TABLES.items()}
        frames["decisions"] = read_decisions(connexion)
    return {
        nom: maison.lac.write(nom, frame, None)
        for nom, frame in frames.items()
        if not frame.equals(_last_written(maison, nom))
    }


def _last_written(maison: Maison, nom: str) -> pl.DataFrame:
    return maison.lac.read(nom).collect().sort(read_contrat(nom).cle)
