"""The absences that conforming DSN tell: stoppages of work and other suspensions of a contract.

Sources: blocks S21.G00.60 and 65; rules of leave, 2.1 (a stoppage begins the day after the last day
worked).
"""

from __future__ import annotations

import polars as pl

from pipelines.individus import (
    INDIVIDU,
    Blocs,
    as_rows,
    compute_identifiants,
    find_bloc,
    schema_lue,
    with_places,
    without_nir,
)
from specs.caisse import Caisse
from specs.contrats import codes_of

ARRET, SUSPENSION = codes_of("absences_lues", "nature", "ARRET", "SUSPENSION")
RUBRIQUES = {
    ARRET: {
        "motif_absence": "S21.G00.60.001",
        "debut": "S21.G00.60.002",
        "fin_prevue": "S21.G00.60.003",
        "reprise": "S21.G00.60.010",
        "motif_reprise": "S21.G00.60.011",
    },
    SUSPENSION: {
        "motif_absence": "S21.G00.65.001",
        "debut": "S21.G00.65.002",
        "fin": "S21.G00.65.003",
    },
}
BLOCS = {ARRET: "S21.G00.60", SUSPENSION: "S21.G00.65"}
SCHEMA = schema_lue("absences_lues")
PLACES = with_places(SCHEMA)


def compute_absences(blocs: Blocs, _caisse: Caisse) -> pl.DataFrame:
    """One row a block 60 or 65 (columns: `SCHEMA`), on the contract that it hangs from.

    `debut` is the first day of the absence: for a stoppage, the day after the last one worked.
    """
    lues = [
        as_rows(blocs[bloc], RUBRIQUES[nature], PLACES).with_columns(nature=pl.lit(nature))
        for nature, bloc in BLOCS.items()
        if bloc in blocs
    ]
    if not lues:
        return SCHEMA.to_frame()
    contrats = find_bloc(blocs, "S21.G00.40", {"S21.G00.40.009": pl.String()}).select(
        "fichier", parent="occurrence", contrat=without_nir(pl.col("S21.G00.40.009"))
    )
    lendemain = pl.col("debut") + pl.duration(days=1)
    return (
        pl.concat(lues)
        .drop("contrat", "identifiant")
        .join(contrats, on=["fichier", "parent"], how="left")
        .join(compute_identifiants(blocs), on=INDIVIDU, how="left")
        .with_columns(debut=pl.when(pl.col("nature") == ARRET).then(lendemain).otherwise("debut"))
        .select(SCHEMA.names())
    )
