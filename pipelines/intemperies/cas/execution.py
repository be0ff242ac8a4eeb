"""Runner of the cases of bad weather: every night until the date of the case. See docs/cas.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.valeurs import Resultat
from pipelines.echanges.regles.lignes import ordered
from pipelines.intemperies.cas.entrees import parse_entrees
from pipelines.intemperies.cas.explication import explain
from pipelines.intemperies.regles.calcul import TABLES as CALCULEES
from pipelines.intemperies.regles.calcul import Publies, compute_intemperies
from pipelines.intemperies.regles.dus import compute_dus
from specs.contrats import computed_schema

CONSTATS, DUS = "constats_echange", "dus_intemperies"


def _tables() -> dict[str, pl.Schema]:
    """Published columns, without the shard."""
    return {nom: computed_schema(nom) for nom in (*CALCULEES, CONSTATS, DUS)}


CDG = "C900201"
TABLES: Mapping[str, pl.Schema] = MappingProxyType(_tables())


def run(champs: Champs, date_arrete: date) -> Resultat:
    """The tables of bad weather at the end of the last night."""
    entrees = parse_entrees(champs)
    publies = Publies()
    for nuit in entrees.nights(date_arrete):
        publies = compute_intemperies(*entrees.known(nuit), publies, nuit, entrees.savoir)
    frames = {nom: getattr(publies, nom.removesuffix("_intemperies")) for nom in CALCULEES}
    frames[CONSTATS] = ordered(publies.constats, "code", "date")
    etablissements = entrees.tables["etablissements"].with_columns(cdg=pl.lit(CDG))
    frames[DUS] = compute_dus(
        publies.remboursements, publies.arrets, etablissements, entrees.savoir
    )
    tables = {
        nom: frames[nom].select(schema.names()).match_to_schema(schema)
        for nom, schema in TABLES.items()
    }
    return Resultat(MappingProxyType(tables), tuple(explain(tables)))
