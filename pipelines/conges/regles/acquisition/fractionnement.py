"""Days of splitting, once the main leave is taken. Source: rules of leave, 4.1; L-02, L-10."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import MAI, count_ouvrables
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.precedents import DIMANCHE, list_feries
from pipelines.conges.regles.acquisition.valeurs import (
    ACQUISITION,
    FRACTIONNEMENT,
    read_valeurs,
    years_where,
)
from specs.connaissances import Connaissances

OCTOBRE, ORIGINE = 10, date(2000, 1, 1)
SERIES = (
    "jours_continus", "acquis_deux_jours", "acquis_un_jour", "hiver_deux_jours", "hiver_un_jour",
)  # fmt: skip


def compute_fractionnement(
    prises: pl.DataFrame, acquis: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """EMPLOYE (key), ete, hiver, jours, connu_le: of the leave years whose main leave is taken.

    `prises`: salarie, exercice, debut, reprise, departement of the leave taken on the main leave
    (neither 5S, EN, AN nor FR); `acquis`: EMPLOYE, jours_legaux. `connu_le` is the last day of the
    taking that ends the main leave.
    """
    ouvrables = _with_takings(_working_days(prises, savoir), savoir)
    jours = ouvrables.join(acquis.select(*EMPLOYE, "jours_legaux"), on=EMPLOYE)
    valeurs = read_valeurs(jours["exercice"], savoir, FRACTIONNEMENT, *SERIES).join(
        read_valeurs(jours["exercice"], savoir, ACQUISITION, "jours_principal"), on="exercice"
    )
    budget = pl.min_horizontal("jours_legaux", "jours_principal")
    comptes = (
        jours.join(valeurs, on="exercice")
        .with_columns(budget=budget, rang=pl.col("jour").rank("ordinal").over(EMPLOYE))
        .with_columns(
            ete=pl.col("jour").dt.month().is_between(MAI, OCTOBRE),
            fin_prise=pl.col("jour").max().over(*EMPLOYE, "prise"),
        )
        .filter(pl.col("rang") <= pl.col("budget"))
    )
    toute_saison = pl.col("exercice").is_in(
        years_where(jours["exercice"], savoir, "douze_jours", "toute_saison")
    )
    continus = (
        comptes.filter(pl.col("ete") | toute_saison)
        .group_by(*EMPLOYE, "prise")
        .agg(continus=count_ouvrables(pl.col("jour").min(), pl.col("jour").max()))
        .group_by(EMPLOYE)
        .agg(pl.col("continus").max())
    )
    return (
        comptes.group_by(*EMPLOYE, "jours_legaux", "budget", "jours_principal", *SERIES)
        .agg(
            ete=pl.col("ete").sum().cast(pl.Int64),
            hiver=(~pl.col("ete")).sum().cast(pl.Int64),
            connu_le=pl.col("fin_prise").max(),
        )
        .filter(pl.col("ete") + pl.col("hiver") == pl.col("budget"))
        .join(continus, on=EMPLOYE, how="left")
        .select(*EMPLOYE, "ete", "hiver", jours=_days(), connu_le="connu_le")
        .sort(EMPLOYE)
    )


def _days() -> pl.Expr:
    """Two days, one or none."""
    acquis, ete, hiver = pl.col("jours_legaux"), pl.col("ete"), pl.col("hiver")
    suite = (pl.col("continus") >= pl.col("jours_continus")).fill_null(value=False)
    deux, un = acquis >= pl.col("acquis_deux_jours"), acquis >= pl.col("acquis_un_jour")
    entier = ete == 0

    def split(nom: str) -> pl.Expr:
        return suite & (hiver >= pl.col(nom)) & (ete <= pl.col("jours_principal") - pl.col(nom))

    return (
        pl.when(deux & (entier | split("hiver_deux_jours")))
        .then(2)
        .when(un & (entier | split("hiver_un_jour")))
        .then(1)
        .otherwise(0)
        .cast(pl.Int64)
    )


def _working_days(prises: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """EMPLOYE, departement, jour: days from Monday to Saturday, holidays left out, once each."""
    dernier = pl.col("reprise") - pl.duration(days=1)
    feries = list_feries(prises.with_columns(fin=dernier), savoir)
    return (
        prises.filter(pl.col("debut") <= dernier)
        .select(*EMPLOYE, "departement", jour=pl.date_ranges("debut", dernier, "1d"))
        .explode("jour")
        .filter(pl.col("jour").dt.weekday() < DIMANCHE)
        .join(feries, on=["departement", "jour"], how="anti", nulls_equal=True)
        .unique([*EMPLOYE, "jour"])
    )


def _with_takings(jours: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`jours` with `prise`: days that no working day separates are of one taking."""
    feries = (
        list_feries(jours.rename({"jour": "debut"}).with_columns(fin="debut"), savoir)
        .filter(pl.col("jour").dt.weekday() < DIMANCHE)
        .with_columns(pl.col("departement").fill_null(""))
        .sort("jour")
        .with_columns(passes=pl.int_range(1, pl.len() + 1).over("departement"))
    )
    places = (
        jours.with_columns(pl.col("departement").fill_null(""))
        .sort("jour")
        .join_asof(feries, on="jour", by="departement", check_sortedness=False)
        .sort(*EMPLOYE, "jour")
    )
    # The rank of a working day among all of them: two that follow one another differ by one.
    rang = count_ouvrables(pl.lit(ORIGINE), pl.col("jour")) - pl.col("passes").fill_null(0)
    rompu = (rang.diff().over(EMPLOYE) != 1).fill_null(value=False)
    return places.with_columns(prise=rompu.cum_sum().over(EMPLOYE)).drop("passes")
