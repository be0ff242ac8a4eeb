"""Days for dependent children. Source: rules of leave, 4; L3141-8; L-30."""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.valeurs import ACQUISITION, ENFANTS, read_valeurs
from specs.connaissances import Connaissances
from specs.periodes import AVRIL

DERNIER_JOUR = 30  # of April


def compute_enfants(
    acquis: pl.DataFrame, certs: pl.DataFrame, naissances: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """EMPLOYE (key), jours_enfants.

    `acquis`: EMPLOYE, jours_legaux; `certs`: certificates in force, the last one to tell CHILDREN
    counts; `naissances`: of the employees. Who is not known to be younger follows the rule of those
    of 21 or more.
    """
    dits = (
        certs.filter(pl.col("children").is_not_null())
        .sort("ordre")
        .unique(EMPLOYE, keep="last", maintain_order=True)
        .select(*EMPLOYE, "children")
    )
    valeurs = read_valeurs(
        acquis["exercice"], savoir, ENFANTS, "jours", "jours_reduits", "conge_reduit", "age_salarie"
    )
    maximum = read_valeurs(acquis["exercice"], savoir, ACQUISITION, "jours_maximum")
    # On 30 April of the year before, he is less than so old.
    seuil = pl.date(pl.col("exercice") - 1 - pl.col("age_salarie"), AVRIL, DERNIER_JOUR)
    jeune = (pl.col("naissance") > seuil).fill_null(value=False)
    legaux, enfants = pl.col("jours_legaux"), pl.col("children").fill_null(0)
    par_enfant = pl.when(legaux <= pl.col("conge_reduit")).then("jours_reduits").otherwise("jours")
    place = pl.max_horizontal(pl.col("jours_maximum") - legaux, 0)
    jours = (
        pl.when(legaux == 0)
        .then(0)
        .when(jeune)
        .then(enfants * par_enfant)
        .otherwise(pl.min_horizontal(enfants * pl.col("jours"), place))
    )
    return (
        acquis.select(*EMPLOYE, "jours_legaux")
        .join(dits, on=EMPLOYE, how="left")
        .join(naissances.unique("salarie"), on="salarie", how="left")
        .join(valeurs, on="exercice")
        .join(maximum, on="exercice")
        .select(*EMPLOYE, jours_enfants=jours)
        .sort(EMPLOYE)
    )
