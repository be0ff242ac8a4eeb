"""What becomes of the stops that are to be declared: told, told again, declared or out of time.

Source: choice I-45; a notice when the DSN tells a stop that no declaration does, another one some
days before the deadline. One whose deadline was already past is not told.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from specs.contrats import (
    codes_of,
    computed_columns,
    computed_schema,
)

TABLE = "echeances"
(ESSAI,) = codes_of(TABLE, "origine", "ARI_ESSAI")
BROUILLON, ANNONCEE, RAPPELEE, LEVEE, PASSEE = codes_of(
    TABLE, "etat", "BROUILLON", "ANNONCEE", "RAPPELEE", "LEVEE", "PASSEE"
)
CLE = ["siren", "origine", "evenement", "depot"]
DITES = pl.Schema(
    {
        nom: type_
        for nom, type_ in computed_schema(TABLE).items()
        if nom not in {"etat", "annoncee_le", "rappelee_le"}
    }
)


def compute_suivi(dites: pl.DataFrame, publiees: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """Contract `echeances` but part: what is to be declared (DITES), and what was before.

    `publiees`: the same contract, as last published. A draft is listed; nobody is told of it.
    """
    nuit = pl.lit(date_arrete)
    avant = publiees.select(*CLE, "annoncee_le", "rappelee_le", connue=pl.lit(value=True))
    suivies = dites.join(avant, on=CLE, how="left", nulls_equal=True).filter(
        pl.col("connue").is_not_null() | (pl.col("echeance") >= nuit)
    )
    essai = pl.col("origine") == ESSAI
    a_temps = pl.col("echeance") >= nuit
    a_rappeler = (
        ~essai & a_temps & (pl.col("rappel") <= nuit) & (pl.col("annoncee_le") < nuit)
    ).fill_null(value=False)
    datees = suivies.with_columns(
        annoncee_le=pl.when(~essai).then(pl.coalesce("annoncee_le", nuit)),
        rappelee_le=pl.when(pl.col("rappelee_le").is_null() & a_rappeler)
        .then(nuit)
        .otherwise("rappelee_le"),
    ).with_columns(
        etat=pl.when(~a_temps)
        .then(pl.lit(PASSEE))
        .when(essai)
        .then(pl.lit(BROUILLON))
        .when(pl.col("rappelee_le").is_not_null())
        .then(pl.lit(RAPPELEE))
        .otherwise(pl.lit(ANNONCEE))
    )
    levees = publiees.join(dites, on=CLE, how="anti", nulls_equal=True).with_columns(
        etat=pl.when(pl.col("etat") == PASSEE).then("etat").otherwise(pl.lit(LEVEE))
    )
    colonnes = computed_columns(TABLE)
    toutes = pl.concat([frame.select(colonnes) for frame in (datees, levees)])
    return toutes.sort(CLE, nulls_last=True)
