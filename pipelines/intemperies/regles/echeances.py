"""Stops that the DSN tells and that no declaration does: until when to declare them.

Source: choices I-05, I-45; D5424-28 (what is not declared in time is not refunded).
"""

from __future__ import annotations

import polars as pl

from pipelines.intemperies.regles.delais import read_echeances
from pipelines.intemperies.regles.valeurs import DELAI, read_valeur
from specs.connaissances import Connaissances
from specs.periodes import Mois

SUSPENSION, HEURES = "65.001=507", "51.011=025"
ECHEANCES = pl.Schema(
    {
        "siren": pl.String,
        "origine": pl.String,
        "evenement": pl.Date,
        "salaries": pl.Int64,
        "echeance": pl.Date,
        "rappel": pl.Date,
    }
)


def compute_echeances(
    suspensions: pl.DataFrame, heures: pl.DataFrame, declares: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """ECHEANCES of what is told and not declared, one row a company, origin and event.

    `suspensions`: siren, salarie, debut, fin of each 507; `heures`: siren, salarie, mois of hours
    025; `declares`: siren, salarie, date of the days of the declarations in force, refused ones
    included. The event is the day after the 507, or the last day of a month that has hours alone:
    a deadline « at the latest ».
    """
    absents = suspensions.filter(pl.col("fin").is_not_null()).join(
        _covered(suspensions, declares), on=["siren", "salarie", "debut", "fin"], how="anti"
    )
    dits = _months(suspensions.with_columns(fin=pl.col("fin").fill_null(pl.col("debut"))))
    autres = declares.with_columns(mois=pl.col("date").dt.strftime("%Y-%m"))
    mois = ["siren", "salarie", "mois"]
    seules = heures.join(dits, on=mois, how="anti").join(autres, on=mois, how="anti")
    evenements = pl.concat(
        [
            absents.select(
                "siren", "salarie", origine=pl.lit(SUSPENSION),
                evenement=pl.col("fin") + pl.duration(days=1),
            ),
            seules.select(
                "siren", "salarie", origine=pl.lit(HEURES),
                evenement=(pl.col("mois") + "-01").str.to_date("%Y-%m-%d").dt.month_end(),
            ),
        ]
    )  # fmt: skip
    return _with_deadlines(evenements, savoir)


def _covered(suspensions: pl.DataFrame, declares: pl.DataFrame) -> pl.DataFrame:
    """Those that a declared day of the employee falls in."""
    return suspensions.join(declares, on=["siren", "salarie"]).filter(
        pl.col("date").is_between("debut", "fin")
    )


def _months(suspensions: pl.DataFrame) -> pl.DataFrame:
    """siren, salarie, mois of each month that a suspension touches."""
    return (
        suspensions.select(
            "siren",
            "salarie",
            mois=pl.date_ranges(pl.col("debut").dt.month_start(), "fin", "1mo"),
        )
        .explode("mois")
        .with_columns(pl.col("mois").dt.strftime("%Y-%m"))
        .unique()
    )


def _with_deadlines(evenements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    comptes = evenements.group_by("siren", "origine", "evenement").agg(
        pl.col("salarie").n_unique().cast(pl.Int64).alias("salaries")
    )
    datees = with_reminders(comptes, savoir).select(ECHEANCES.names())
    return datees.sort("siren", "evenement", "origine")


def with_reminders(evenements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`evenements` (with evenement, a day of resumption) and their `echeance` and `rappel`."""
    echeances = read_echeances(evenements["evenement"], savoir).rename(
        {"derniere_reprise": "evenement"}
    )
    rappels = [
        (jour, read_valeur(savoir, DELAI, "rappel_jours", Mois.from_date(jour)))
        for jour in echeances["evenement"]
    ]
    delais = pl.DataFrame(rappels, {"evenement": pl.Date, "jours": pl.Int64}, orient="row")
    return (
        evenements.join(echeances, on="evenement")
        .join(delais, on="evenement")
        .with_columns(rappel=pl.col("echeance") - pl.duration(days=pl.col("jours")))
        .drop("jours")
    )
