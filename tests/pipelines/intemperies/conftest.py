"""The story H-2 at its end, as the documents and the explanations read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.cas.domaines import list_domaines, run_cas
from pipelines.cas.lecture import read_cas
from pipelines.editique.dossiers import Dossier
from pipelines.editique.valeurs import Entreprise
from pipelines.intemperies.documents.sources import TABLES
from pipelines.metiers import METIERS
from specs.contrats import PLACES, read_contrat, schema_polars

RACINE = Path(__file__).parents[2]
SIREN, JOUR = "999090012", date(2026, 7, 31)


@pytest.fixture(scope="session")
def hiver() -> dict[str, pl.DataFrame]:
    """The tables of the story, with their shard and slice."""
    domaines = list_domaines(METIERS)
    (cas,) = read_cas(RACINE / "cas/intemperies/h2.yaml", domaines)
    calculees = run_cas(cas, domaines).tables
    tables = {}
    for nom in TABLES:
        schema = schema_polars(read_contrat(nom))
        frame = calculees.get(nom, pl.DataFrame(schema=schema).drop(PLACES, strict=False))
        siennes = frame.filter(pl.col("siren") == SIREN)
        lieux = {n: pl.lit(0).cast(t).alias(n) for n, t in schema.items() if n in PLACES}
        tables[nom] = siennes.with_columns(**lieux).select(schema.names())
    return tables


@pytest.fixture(scope="session")
def dossier(hiver: dict[str, pl.DataFrame]) -> Dossier:
    """The company of the story."""
    entreprise = Entreprise("A09001", SIREN, "ROUTES EXEMPLE")
    return Dossier(entreprise, hiver, pl.DataFrame(), JOUR, 12)
