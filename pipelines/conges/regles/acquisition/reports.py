"""Days carried over after sickness, and until when leave may be asked for.

Source: rules of leave, 8; L-27, L-28, L-33, L-39, L-41, L-64.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.acquis import CINQUIEME, PRINCIPAL, REPORT
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.valeurs import REPORT as VALEURS
from pipelines.conges.regles.acquisition.valeurs import read_valeurs
from specs.connaissances import Connaissances
from specs.periodes import AVRIL

COMPTEUR = [*EMPLOYE, "compteur"]
DERNIER_JOUR = 30  # of April


def with_end(reports: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`reports` (table `reports_lus`) with `fin`, their last day, null while it does not run.

    It runs from the day the employee was informed, once back; for leave acquired in a stoppage of
    a year or more, from 31 March, and it stops from the return to the information.
    """
    mois = read_valeurs(reports["exercice"], savoir, VALEURS, "mois")
    duree = pl.format("{}mo", "mois")
    depuis_mars = pl.date("exercice", AVRIL - 1, 31).dt.offset_by(duree)
    un_an = pl.date(pl.col("exercice") - 1, AVRIL, 1)
    mars = pl.date("exercice", AVRIL - 1, 31)
    long = (pl.col("stop_from") <= un_an) & (
        pl.col("resumed").is_null() | (pl.col("resumed") > mars)
    )
    echu = pl.col("resumed").is_null() | (pl.col("resumed") > depuis_mars)
    fin = (
        pl.when(~long)
        .then(pl.col("informed").dt.offset_by(duree))
        .when(echu)
        .then(depuis_mars)
        .otherwise(depuis_mars + (pl.col("informed") - pl.col("resumed")))
    )
    return (
        reports.join(mois, on="exercice", maintain_order="left").with_columns(fin=fin).drop("mois")
    )


def compute_reports(
    reports: pl.DataFrame, restes: pl.DataFrame, date_arrete: date, savoir: Connaissances
) -> pl.DataFrame:
    """COMPTEUR, passe_centiemes, fin: what passes to REPORT, and what leaves its counter for it.

    `reports`: table `reports_lus`, those of certificates in force; `restes`: COMPTEUR,
    reste_centiemes on 30 April of the year after. Nothing passes before that evening; the main
    leave goes first, and no more than what is left.
    """
    passes = (
        with_end(reports, savoir)
        .filter(pl.date(pl.col("exercice") + 1, AVRIL, DERNIER_JOUR) <= date_arrete)
        .group_by(EMPLOYE)
        .agg(
            pl.col("days").sum(),
            pl.when(pl.col("fin").is_not_null().all())
            .then(pl.col("fin").max())
            .first()
            .alias("fin"),
        )
    )
    ordres = pl.DataFrame({"compteur": [PRINCIPAL, CINQUIEME], "rang": [1, 2]})
    legaux = restes.join(ordres, on="compteur").join(passes, on=EMPLOYE).sort(*EMPLOYE, "rang")
    avant = pl.col("reste_centiemes").cum_sum().over(EMPLOYE) - pl.col("reste_centiemes")
    quittes = legaux.with_columns(
        passe_centiemes=pl.min_horizontal(
            "reste_centiemes", pl.max_horizontal(pl.col("days") - avant, 0)
        )
    )
    recus = (
        quittes.group_by(EMPLOYE)
        .agg(pl.col("passe_centiemes").sum(), pl.col("fin").first())
        .with_columns(compteur=pl.lit(REPORT))
    )
    colonnes = [*COMPTEUR, "passe_centiemes", "fin"]
    return pl.concat(
        [
            quittes.with_columns(pl.col("passe_centiemes") * -1, fin=pl.lit(None, pl.Date)).select(
                colonnes
            ),
            recus.select(colonnes),
        ]
    ).sort(COMPTEUR)


def last_day_to_ask(exercice: pl.Expr, annees: pl.Expr, fin_report: pl.Expr) -> pl.Expr:
    """Last day on which leave may be asked for (D110): 30 April N+4, or 3 years after a carry-over.

    `annees`: years of prescription; `fin_report`: end of a carry-over, null for leave that is none.
    """
    ordinaire = pl.date(exercice + 1 + annees, AVRIL, DERNIER_JOUR)
    reporte = fin_report.dt.offset_by(pl.format("{}y", annees))
    return pl.coalesce(reporte, ordinaire)
