"""Leave that the fund paid and that the DSN does not tell as paid leave, with the block to send.

A company tells the days paid by its fund in S21.G00.65 under the code 200; told otherwise (501,
leave without pay) or not at all, the employee's other rights are at stake. Source: what publishers
of payroll software warn of; rules of leave, 2.1.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import list_months, render_mois
from pipelines.conges.regles.acquisition.contrats import CONTRAT
from pipelines.conges.regles.acquisition.precedents import DIMANCHE, list_feries
from pipelines.conges.regles.paiement.conges_payes import list_debout
from pipelines.conges.regles.paiement.jours import DEMANDE
from specs.connaissances import Connaissances
from specs.contrats import codes_of

ARRET, SUSPENSION = codes_of("absences", "nature", "ARRET", "SUSPENSION")
CONGES_PAYES = "200"  # S21.G00.65.001
ECART = ["decompte", *CONTRAT, "cdg", "mois"]
CENTIEMES = 100
ECARTS = pl.Schema(
    {
        "siren": pl.String,
        "cdg": pl.String,
        "salarie": pl.String,
        "decompte": pl.String,
        "contrat": pl.String,
        "mois": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
        "jours_centiemes": pl.Int64,
        "codes_declares": pl.String,
        "bloc": pl.String,
    }
)


def compute_ecarts_absences(
    decomptes: pl.DataFrame,
    demandes: pl.DataFrame,
    lignes: pl.DataFrame,
    absences: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """ECARTS: a row a statement, contract and month told, whose paid days are not all under 200.

    `decomptes`, `demandes`, `absences`: contracts (`demandes_conges`); `lignes`: of
    `compute_lignes`. Days of sickness are left to the leave that they break; a month whose DSN has
    not come has no row. `codes_declares`: the other codes told of these days, null when none is.
    """
    jours = (
        _paid_days(decomptes, demandes, savoir)
        .join(lignes, on="salarie")
        .filter(pl.col("jour").is_between(pl.col("du"), pl.col("au")))
    )
    dites = _told_days(absences)
    couverts = dites.filter((pl.col("code") == CONGES_PAYES) | (pl.col("nature") == ARRET))
    fautifs = jours.join(couverts, on=[*CONTRAT, "jour"], how="anti").join(
        dites.group_by(*CONTRAT, "jour").agg(pl.col("code").unique()),
        on=[*CONTRAT, "jour"], how="left",
    )  # fmt: skip
    return (
        fautifs.group_by(ECART)
        .agg(
            debut=pl.col("jour").min(),
            fin=pl.col("jour").max(),
            jours_centiemes=pl.len().cast(pl.Int64) * CENTIEMES,
            codes_declares=pl.col("code").explode().drop_nulls().unique().sort().str.join(" "),
        )
        .with_columns(
            mois=pl.col("mois").dt.strftime("%Y-%m"),
            cdg=pl.when(pl.col("cdg") != "").then("cdg"),
            codes_declares=pl.when(pl.col("codes_declares") != "").then("codes_declares"),
            bloc=_block(),
        )
        .select(ECARTS.names())
        .match_to_schema(ECARTS)
        .sort("decompte", *CONTRAT, "mois")
    )


def list_mois_payes(decomptes: pl.DataFrame) -> pl.DataFrame:
    """salarie, mois (AAAA-MM): the months that the leave of statements touches, once each."""
    mois = list_months(pl.col("debut"), pl.col("fin"))
    return (
        decomptes.select("salarie", mois=mois)
        .explode("mois")
        .select("salarie", mois=render_mois(pl.col("mois")))
        .unique()
        .sort("salarie", "mois")
    )


def _paid_days(
    decomptes: pl.DataFrame, demandes: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """decompte, salarie, jour: working days of the leave that stands."""
    payes = (
        list_debout(decomptes)
        .join(demandes.select(*DEMANDE, "departement"), on=DEMANDE, how="left")
        .select("decompte", "salarie", "departement", "debut", "fin")
    )
    return (
        payes.select(
            "decompte", "salarie", "departement", jour=pl.date_ranges("debut", "fin", "1d")
        )
        .explode("jour")
        .filter(pl.col("jour").dt.weekday() < DIMANCHE)
        .join(list_feries(payes, savoir), on=["departement", "jour"], how="anti", nulls_equal=True)
        .select("decompte", "salarie", "jour")
    )


def _told_days(absences: pl.DataFrame) -> pl.DataFrame:
    """CONTRAT, jour, nature, code: days of absence that the DSN tell, those open to their month."""
    fin_du_mois = (pl.col("mois") + "-01").str.to_date("%Y-%m-%d").dt.month_end()
    veille = pl.col("reprise") - pl.duration(days=1)
    fin = pl.coalesce(veille, "fin", "fin_prevue", fin_du_mois)
    return (
        absences.filter(pl.col("debut").is_not_null(), pl.col("debut") <= fin)
        .select(
            "salarie", "siren", pl.col("contrat").fill_null(""), "nature", code="motif_absence",
            jour=pl.date_ranges("debut", fin, "1d"),
        )
        .explode("jour")
        .unique()
    )  # fmt: skip


def _block() -> pl.Expr:
    """The block to send, as a DSN writes it."""
    return pl.format(
        "S21.G00.65.001,'{}'\nS21.G00.65.002,'{}'\nS21.G00.65.003,'{}'",
        pl.lit(CONGES_PAYES),
        pl.col("debut").dt.strftime("%d%m%Y"),
        pl.col("fin").dt.strftime("%d%m%Y"),
    )
