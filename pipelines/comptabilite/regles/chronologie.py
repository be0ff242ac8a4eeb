"""The history of the accounts: calls and credits meet in the order of their dates.

An account is a management centre, or a whole company as soon as one of its credits or plans is
wider than a centre. Its days are taken one by one; all accounts advance together, so that there are
as many rounds as days in the busiest one. Each day:

1. credits pay the call, or the month, that they name, then the oldest debts of their place;
2. principal first, then late increases as they stand that day (option `ordre_imputation`);
3. a plan whose instalment of that day is not covered lapses.

What cannot be allocated waits: it is the account's credit. Nothing of a later day weighs on an
earlier one, so that a payment never makes late what was paid before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.comptabilite.regles.credits import REMISE
from pipelines.comptabilite.regles.paiements import (
    COMPTEURS,
    FACULTATIF,
    MAJORATION,
    OBLIGATOIRE,
    RESTES,
    find_payments,
    raw_increases,
    settle_dettes,
    spend_credits,
)
from pipelines.comptabilite.regles.parametres import month_of

ORDRES = {
    "principal_d_abord": ((OBLIGATOIRE, FACULTATIF), (MAJORATION,)),
    "obligatoires_d_abord": ((OBLIGATOIRE,), (MAJORATION,), (FACULTATIF,)),
}
NOMMES, PLACES = ("appel", "reference_paiement", "mois_origine"), ("cdg", "groupe", "siren")
SCHEMA_IMPUTATIONS = pl.Schema(
    {
        "origine": pl.String,
        "nature": pl.String,
        "date_valeur": pl.Date,
        "appel": pl.String,
        "poste": pl.String,
        "montant_centimes": pl.Int64,
    }
)


@dataclass(frozen=True, slots=True)
class Tour:
    """One round of a day: the credits of `payeurs` pay these parts where `cle` is equal."""

    cle: str
    postes: tuple[str, ...]
    payeurs: pl.Expr


@dataclass(frozen=True, slots=True)
class Histoire:
    """Where the accounts stand at the end.

    `dettes`: those of `compute_dettes` with what remains, majorations_brutes (before remissions),
    majorations_payees, majorations_remises, paye_plan, rompu. `credits`: with what remains of each.
    `imputations`: SCHEMA_IMPUTATIONS, in the order in which they were made.
    """

    dettes: pl.DataFrame
    credits: pl.DataFrame
    imputations: pl.DataFrame


def compute_histoire(
    dettes: pl.DataFrame,
    credits_: pl.DataFrame,
    echeances: pl.DataFrame,
    parametres: pl.DataFrame,
    date_arrete: date,
) -> Histoire:
    """Everything that happens to these debts and credits up to `date_arrete`, day by day."""
    larges = _wide_companies(dettes, credits_, echeances)
    zeros = (pl.lit(0, dtype=pl.Int64).alias(nom) for nom in COMPTEURS)
    dettes = dettes.with_columns(
        *zeros, _account(larges, "cdg"), pl.lit(value=False).alias("rompu")
    )
    credits_ = credits_.with_columns(_account(larges, "domicile")).with_row_index("credit")
    # An instalment due on the day of the computation may still be paid that day.
    manquables = echeances.filter(pl.col("date") < date_arrete)
    jours = _days(dettes, credits_, manquables, date_arrete).join(
        parametres.select("mois", ordre="ordre_imputation"), on="mois", how="left"
    )
    tours = list(_rounds(credits_, jours))
    nees, venus = (
        _entering(dettes, "date_emission", jours),
        _entering(credits_, "date_evenement", jours),
    )
    etat = Histoire(dettes.clear(), credits_.clear(), pl.DataFrame(schema=SCHEMA_IMPUTATIONS))
    finies = [_on_day(etat, jours.clear())]
    for (rang,), jour in jours.partition_by("rang", maintain_order=True, as_dict=True).items():
        arrives = Histoire(
            etat.dettes.vstack(nees.get((rang,), dettes.clear())),
            etat.credits.vstack(venus.get((rang,), credits_.clear())),
            etat.imputations.clear(),
        )
        soir = _break_plans(_play(_on_day(arrives, jour), tours), manquables)
        finie, etat = _split(soir, date_arrete)
        finies.append(finie)
    return _gather(finies)


def _entering(
    frame: pl.DataFrame, colonne: str, jours: pl.DataFrame
) -> dict[tuple[object, ...], pl.DataFrame]:
    """Rows of `frame` by rank of the day on which they enter their account."""
    rangs = jours.select("compte", "rang", pl.col("date").alias(colonne))
    return frame.join(rangs, on=["compte", colonne], maintain_order="left").partition_by(
        "rang", as_dict=True, include_key=False, maintain_order=True
    )


def _on_day(etat: Histoire, jour: pl.DataFrame) -> Histoire:
    """The accounts that have this day, before it; a call that enters a lapsed plan lapses too."""
    du_jour = jour.select("compte", "date", "ordre")
    rompu = pl.col("rompu").any().over("echeancier")
    return Histoire(
        etat.dettes.join(du_jour, on="compte", maintain_order="left").with_columns(rompu),
        etat.credits.join(du_jour, on="compte", maintain_order="left"),
        etat.imputations,
    )


def _split(soir: Histoire, date_arrete: date) -> tuple[Histoire, Histoire]:
    """(what nothing can change any more, what goes on to the next day)."""
    derniere = pl.col("date") == date_arrete
    soldee = pl.all_horizontal(reste == 0 for reste in RESTES.values())
    dettes_finies = soir.dettes.select(
        derniere | (soldee & pl.col("echeancier").is_null())
    ).to_series()
    credits_finis = soir.credits.select(derniere | (pl.col("reste") == 0)).to_series()
    restent = Histoire(
        soir.dettes.filter(~dettes_finies).drop("date", "ordre"),
        soir.credits.filter(~credits_finis).drop("date", "ordre"),
        soir.imputations.clear(),
    )
    finies = soir.dettes.filter(dettes_finies), soir.credits.filter(credits_finis)
    return Histoire(*finies, soir.imputations), restent


def _wide_companies(
    dettes: pl.DataFrame, credits_: pl.DataFrame, echeances: pl.DataFrame
) -> list[str]:
    """Companies with a credit wider than a centre, or a plan."""
    credits_larges = credits_.filter(pl.col("portee") != "cdg")["siren"]
    return sorted({*credits_larges, *echeances["siren"], *dettes.drop_nulls("echeancier")["siren"]})


def _account(larges: list[str], centre: str) -> pl.Expr:
    return pl.when(pl.col("siren").is_in(larges)).then("siren").otherwise(centre).alias("compte")


def _days(
    dettes: pl.DataFrame, credits_: pl.DataFrame, echeances: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Days of each account on which something happens, `date_arrete` last: compte, date, rang."""
    comptes = pl.concat([dettes.select("compte"), credits_.select("compte")]).unique()
    return (
        pl.concat(
            [
                dettes.select("compte", date="date_emission"),
                credits_.select("compte", date="date_evenement"),
                echeances.select("date", compte="siren").select("compte", "date"),
                comptes.with_columns(pl.lit(date_arrete).alias("date")),
            ]
        )
        .unique()
        .with_columns(
            pl.col("date").rank("dense").over("compte").cast(pl.Int64).alias("rang"),
            month_of("date"),
        )
        .sort("rang", "compte")
    )


def _rounds(credits_: pl.DataFrame, jours: pl.DataFrame) -> Iterator[Tour]:
    """Rounds of a day, in order, but those in which no credit could ever pay."""
    for ordre in jours["ordre"].unique(maintain_order=True):
        du_jour = pl.col("ordre") == ordre
        for cle in NOMMES:
            for postes in ORDRES[ordre]:
                if credits_[cle].count():
                    yield Tour(cle, postes, du_jour & pl.col(cle).is_not_null())
        for postes in ORDRES[ordre]:
            for cle in PLACES:
                if cle in credits_["portee"]:
                    yield Tour(cle, postes, du_jour & (pl.col("portee") == cle))


def _play(etat: Histoire, tours: list[Tour]) -> Histoire:
    """The accounts after the payments of one day."""
    # A remission bears on what is due on its day, never on what comes later.
    remise = pl.col("nature") == REMISE
    echue = remise & (pl.col("date_evenement") < pl.col("date"))
    for tour in tours:
        payeurs = etat.credits.filter(
            tour.payeurs & ~echue & (pl.col("reste") > 0),
            ~remise | pl.lit(MAJORATION in tour.postes),
        )
        if payeurs.is_empty():
            continue
        dues = etat.dettes.filter(pl.col(tour.cle).is_in(payeurs[tour.cle].implode()))
        paiements = find_payments(dues, payeurs, tour.postes, tour.cle)
        if not paiements.is_empty():
            etat = Histoire(
                settle_dettes(etat.dettes, paiements),
                spend_credits(etat.credits, paiements),
                etat.imputations.vstack(paiements.select(SCHEMA_IMPUTATIONS.names())),
            )
    return etat


def _break_plans(etat: Histoire, echeances: pl.DataFrame) -> Histoire:
    """The accounts at the end of a day: a plan whose instalment is not covered lapses."""
    du = pl.col("reste_obligatoire") + pl.col("reste_facultatif")
    rompus = (
        etat.dettes.drop_nulls("echeancier")
        .group_by("echeancier", "date")
        .agg(pl.col("paye_plan").sum(), du.sum().alias("du"))
        .join(echeances, on=["echeancier", "date"])
        .filter((pl.col("paye_plan") < pl.col("cumul_centimes")) & (pl.col("du") > 0))
    )
    rompu = pl.col("echeancier").is_in(rompus["echeancier"].implode()).fill_null(value=False)
    return Histoire(
        etat.dettes.with_columns(pl.col("rompu") | rompu), etat.credits, etat.imputations
    )


def _gather(finies: list[Histoire]) -> Histoire:
    """The accounts that are finished, whatever the day."""
    return Histoire(
        pl.concat([h.dettes for h in finies]).with_columns(
            raw_increases().alias("majorations_brutes")
        ),
        pl.concat([h.credits for h in finies]),
        pl.concat([h.imputations for h in finies]),
    )
