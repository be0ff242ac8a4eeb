"""The days acquired, counter by counter. Source: rules of leave, 5.3; L-05."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.acquis import (
    ANCIENNETE,
    CINQUIEME,
    COMPTEURS,
    ENFANTS,
    PRINCIPAL,
)
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.valeurs import ACQUISITION, read_valeurs
from specs.connaissances import Connaissances

CENTIEMES = 100


def compute_compteurs(
    acquis: pl.DataFrame, enfants: pl.DataFrame, anciennete: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """COMPTEURS of `acquis` (ACQUIS): main leave, fifth week, children, seniority.

    Who has no day of leave has none of seniority either: a tenth of his wages is all that is due.
    """
    valeurs = read_valeurs(acquis["exercice"], savoir, ACQUISITION, "jours_principal")
    legaux = pl.col("jours_legaux")
    principal = pl.min_horizontal(legaux, "jours_principal")
    jours = {
        PRINCIPAL: principal,
        CINQUIEME: legaux - principal,
        ENFANTS: pl.col("jours_enfants"),
        ANCIENNETE: pl.when(legaux > 0).then("jours_anciennete").otherwise(0),
    }
    reunis = (
        acquis.join(valeurs, on="exercice")
        .join(enfants, on=EMPLOYE)
        .join(anciennete, on=EMPLOYE)
        .with_columns(fin=pl.lit(None, pl.Date))
    )
    compteurs = [
        reunis.select(
            *EMPLOYE,
            compteur=pl.lit(compteur),
            acquis_centiemes=nombre * CENTIEMES,
            fin="fin",
        )
        for compteur, nombre in jours.items()
    ]
    return pl.concat(compteurs).match_to_schema(COMPTEURS).sort(*EMPLOYE, "compteur")
