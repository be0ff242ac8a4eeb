"""The days of a leave, one by one: from Monday to Saturday, holidays of the workplace left out.

Source: Code du travail, L3133-1, L3134-13; convention of ouvriers, 5.4; choices L-29, L-34, L-40.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.valeurs import PAIEMENT, join_valeurs, month_of
from specs.connaissances import Connaissances
from specs.jours_feries import ALSACE_MOSELLE, feries_at

DEMANDE = ["siren", "demande"]
VENDREDI, SAMEDI, DIMANCHE = 5, 6, 7
JOUR = 100
UN_JOUR = pl.duration(days=1)
ISOLE = {"jour_isole": (PAIEMENT, "jour_isole_centiemes")}


def list_jours(demandes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """The days counted of each request: DEMANDE, date, centiemes (of a day); none for a CO.

    `demandes`: siren, demande (key), debut, reprise (null: no dates), isole, departement. Isolated
    days go from Monday to Friday, and weigh 1.2.
    """
    semaine = pl.when("isole").then(VENDREDI).otherwise(SAMEDI)
    jours = (
        demandes.filter(pl.col("debut") < pl.col("reprise"))
        .select(
            *DEMANDE, "isole",
            local=pl.col("departement").is_in(ALSACE_MOSELLE),
            date=pl.date_ranges("debut", pl.col("reprise") - UN_JOUR),
        )
        .explode("date", empty_as_null=True)
        .filter(pl.col("date").dt.weekday() <= semaine)
    )  # fmt: skip
    ouvres = jours.join(
        _holidays(jours, savoir), on=["local", "date"], how="anti", maintain_order="left"
    )
    dates = join_valeurs(ouvres.with_columns(mois=month_of(pl.col("date"))), "mois", ISOLE, savoir)
    centiemes = pl.when("isole").then("jour_isole").otherwise(pl.lit(JOUR, pl.Int64))
    return dates.select(*DEMANDE, "date", centiemes=centiemes).sort(*DEMANDE, "date")


def _holidays(jours: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    annees = jours["date"].dt.year().unique().sort()
    lieux = ((False, ""), (True, ALSACE_MOSELLE[0]))
    feries = [
        (local, jour)
        for local, departement in lieux
        for annee in annees
        for jour in feries_at(annee, departement, savoir.options)
    ]
    return pl.DataFrame(feries, {"local": pl.Boolean, "date": pl.Date}, orient="row")


def last_day(reprise: pl.Expr) -> pl.Expr:
    """The last day of a leave, from Monday to Saturday, even a holiday (L-34)."""
    veille = reprise - UN_JOUR
    return pl.when(veille.dt.weekday() == DIMANCHE).then(veille - UN_JOUR).otherwise(veille)


def exercice_of(jour: pl.Expr) -> pl.Expr:
    """The leave year in whose taking period a day is: from 1 May to 30 April."""
    return jour.dt.year().cast(pl.Int64) - (jour.dt.month() < 5).cast(pl.Int64)  # noqa: PLR2004 - May
