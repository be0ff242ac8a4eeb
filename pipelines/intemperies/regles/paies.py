"""What pays say that declarations are compared with: whole months, hours of stops, hours worked.

Sources: IN-014, IN-031, IN-040; choices I-07, I-46.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.intemperies.regles.connus import BASE_CONGES, SUSPENSION
from pipelines.salaries.regles.remunerations_lues import ACTIVITE, HEURE, REMUNERATION

INTEMPERIES, HEURES_PERDUES, TRAVAIL = "507", "025", "01"  # 65.001, 51.011, 53.001
DU_MOIS = ["siren", "salarie", "mois"]


@dataclass(frozen=True, slots=True)
class Paies:
    """What the pays of some employees say.

    `bases`: DU_MOIS, montant_centimes, the base 20 of each month paid whole; `heures`: DU_MOIS,
    heures_centiemes (025; null: none), suspendu (507); `travaillees`: salarie, mois,
    heures_centiemes, of all employers.
    """

    bases: pl.DataFrame
    heures: pl.DataFrame
    travaillees: pl.DataFrame


def compute_paies(
    remunerations: pl.DataFrame,
    bases: pl.DataFrame,
    contrats: pl.DataFrame,
    absences: pl.DataFrame,
    sirens: pl.Series,
) -> Paies:
    """What the pays of some employees say.

    `remunerations`: contract of that name, of all their employers; `bases`: contract `bases`,
    `contrats` and `absences`: of `connus`, of the companies `sirens`. A month with an absence other
    than bad weather is not known to have been worked whole.
    """
    perdues = _lost(remunerations)
    absents = _months(absences.with_columns(pl.col("fin").fill_null(pl.col("debut"))))
    suspendus = absents.filter(
        pl.col("nature") == SUSPENSION, pl.col("motif") == INTEMPERIES
    ).select(*DU_MOIS, suspendu=pl.lit(value=True))
    autres = absents.filter(
        (pl.col("nature") != SUSPENSION) | (pl.col("motif") != INTEMPERIES).fill_null(value=True)
    )
    siennes = perdues.filter(pl.col("siren").is_in(sirens.implode()))
    heures = siennes.join(suspendus.unique(), on=DU_MOIS, how="full", coalesce=True)
    return Paies(
        _whole(bases, contrats).join(absents, on=DU_MOIS, how="anti").join(
            siennes, on=DU_MOIS, how="anti"
        ),
        heures,
        _worked(remunerations, perdues).join(autres, on=["salarie", "mois"], how="anti"),
    )  # fmt: skip


def _lost(remunerations: pl.DataFrame) -> pl.DataFrame:
    """DU_MOIS, heures_centiemes: hours of bad weather, in the month of their period."""
    mois = pl.coalesce(pl.col("debut").dt.strftime("%Y-%m"), "mois")
    return (
        remunerations.filter(pl.col("nature") == REMUNERATION, pl.col("code") == HEURES_PERDUES)
        .with_columns(mois=mois)
        .group_by(DU_MOIS)
        .agg(heures_centiemes=pl.col("mesure_centiemes").sum())
        .filter(pl.col("heures_centiemes") > 0)
    )


def _months(absences: pl.DataFrame) -> pl.DataFrame:
    """DU_MOIS, nature, motif of each month that an absence touches."""
    return (
        absences.filter(pl.col("debut") <= pl.col("fin"))
        .with_columns(mois=pl.date_ranges(pl.col("debut").dt.month_start(), "fin", "1mo"))
        .explode("mois")
        .select(
            "siren", "salarie", "nature", "motif", mois=pl.col("mois").dt.strftime("%Y-%m")
        )
        .unique()
    )  # fmt: skip


def _whole(bases: pl.DataFrame, contrats: pl.DataFrame) -> pl.DataFrame:
    """DU_MOIS, montant_centimes of the months that a contract covers from end to end."""
    sommes = (
        bases.filter(pl.col("code_base") == BASE_CONGES)
        .group_by("siren", "salarie", mois="mois_rattachement")
        .agg(montant_centimes=pl.col("quantite").sum())
        .drop_nulls()
        .with_columns(premier=pl.concat_str("mois", pl.lit("-01")).str.to_date("%Y-%m-%d"))
    )
    entiers = sommes.join(contrats, on=["siren", "salarie"]).filter(
        pl.col("debut") <= pl.col("premier"),
        pl.col("fin").is_null() | (pl.col("fin") >= pl.col("premier").dt.month_end()),
    )
    return entiers.select(*DU_MOIS, "montant_centimes").unique()


def _worked(remunerations: pl.DataFrame, perdues: pl.DataFrame) -> pl.DataFrame:
    """salarie, mois, heures_centiemes: worked, and lost for bad weather (2.2)."""
    faites = remunerations.filter(
        pl.col("nature") == ACTIVITE, pl.col("code") == TRAVAIL, pl.col("unite") == HEURE
    ).select("salarie", "mois", heures_centiemes="mesure_centiemes")
    dites = perdues.select("salarie", "mois", "heures_centiemes").join(
        faites, on=["salarie", "mois"], how="semi"
    )
    return (
        pl.concat([faites, dites]).group_by("salarie", "mois").agg(pl.col("heures_centiemes").sum())
    )
