"""Runner of the cases of leave: every night until the date of the case. See docs/cas.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.valeurs import Resultat
from pipelines.conges.cas.entrees import parse_entrees
from pipelines.conges.cas.explication import explain
from pipelines.conges.regles.acquisition.acquis import UN_MOIS
from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    Acquisition,
    compute_acquisition,
)
from specs.contrats import read_contrat, schema_polars
from specs.montants import rounded_ratio

PUBLIEES = ("certificats", "droits", "compteurs_conges")
TABLES: Mapping[str, pl.Schema] = MappingProxyType(
    {
        nom: pl.Schema({c: t for c, t in schema_polars(read_contrat(nom)).items() if c != "part"})
        for nom in PUBLIEES
    }
)


def run(champs: Champs, date_arrete: date) -> Resultat:
    """The tables of leave at the end of the last night."""
    entrees = parse_entrees(champs)
    publies = CERTIFICATS.to_frame()
    for nuit in entrees.nights(date_arrete):
        acquisition = compute_acquisition(entrees.known(nuit), publies, nuit, entrees.savoir)
        publies = acquisition.certificats
    tables = {
        nom: frame.match_to_schema(TABLES[nom], missing_columns="insert", extra_columns="ignore")
        for nom, frame in _tables(acquisition).items()
    }
    return Resultat(MappingProxyType(tables), tuple(explain(tables)))


def _tables(acquisition: Acquisition) -> dict[str, pl.DataFrame]:
    """As published: closed years alone, hours rounded."""
    clos = acquisition.acquis.filter("clos")
    return {
        "certificats": acquisition.certificats,
        "droits": clos.with_columns(
            heures_seuil_centiemes=rounded_ratio(pl.col("heures_seuil_fractions"), UN_MOIS)
        ),
        "compteurs_conges": acquisition.compteurs.with_columns(
            pris_centiemes=pl.lit(0, pl.Int64), reste_centiemes="acquis_centiemes"
        ).join(clos, on=["salarie", "exercice"], how="semi"),
    }
