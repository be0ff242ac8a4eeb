"""From the lines of DMC files to requests. Source: exchange.md, record 20; choices L-09, L-49."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.demandes import LUES
from pipelines.conges.regles.paiement.methodes import read_wage
from pipelines.intemperies.regles.delais import received_on

HORAIRE_PLEIN = 15_167  # hundredths of an hour a month
OUI = "O"


def parse_lues(lignes: pl.DataFrame, horaires: pl.DataFrame) -> pl.DataFrame:
    """LUES of the lines in force.

    `lignes`: contract `demandes_lues`, the employee being the one that all companies share, with
    `recu_le` (UTC); `horaires`: salarie, horaire_centiemes (monthly schedule of his contract; a
    full one when it is not known).
    """
    horaire = pl.col("horaire_centiemes").fill_null(HORAIRE_PLEIN)
    return (
        lignes.join(horaires, on="salarie", how="left", maintain_order="left")
        .with_columns(
            demande="req_id",
            recue_le="recu_le",
            recu_jour=received_on(pl.col("recu_le")),
            debut="from",
            reprise="resume",
            isole=(pl.col("isolated") == OUI).fill_null(value=False),
            departement="dept",
            salaire_centimes=read_wage(pl.col("avg_wage"), pl.col("rate"), horaire),
            jours_demandes="days",
        )
        .select(LUES.names())
        .match_to_schema(LUES)
    )
