"""One payment round: some credits pay some parts of the debts of one place, that day.

State of a debt beside what remains of it: `acquis` is the sum of each obligatory part already paid
times its months of delay, `acquis_sous_plan` the same when its plan stops the months. The late
increase of a call is thus one product, rounded once: `rate x (acquis + what remains x its months)`.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.comptabilite.regles.credits import REMISE
from pipelines.comptabilite.regles.imputation import allocate
from pipelines.comptabilite.regles.retards import months_late, months_late_under_plan
from specs.contrats import codes_of
from specs.montants import rounded_product

OBLIGATOIRE, FACULTATIF, MAJORATION = codes_of(
    "imputations", "poste", "OBLIGATOIRE", "FACULTATIF", "MAJORATION"
)
COMPTEURS = ("acquis", "acquis_sous_plan", "majorations_payees", "majorations_remises", "paye_plan")
DETTE = ("appel", "date_exigibilite", "depart", "effet", "gel", "reprise", "date")
CREDIT = ("credit", "origine", "nature", "date_valeur", "date_ordre", "reste")


def raw_increases() -> pl.Expr:
    """Late increase of a debt at `date`, before remissions: one rounding a call."""
    reste = pl.col("reste_obligatoire")
    libre = pl.col("acquis") + reste * months_late(pl.col("depart"), pl.col("date"))
    sous_plan = pl.col("acquis_sous_plan") + reste * months_late_under_plan(pl.col("date"))
    parts = pl.when(pl.col("rompu")).then(libre).otherwise(sous_plan)
    return rounded_product(parts, pl.col("taux_ppm"))


RESTES = {
    OBLIGATOIRE: pl.col("reste_obligatoire"),
    FACULTATIF: pl.col("reste_facultatif"),
    MAJORATION: raw_increases() - pl.col("majorations_payees") - pl.col("majorations_remises"),
}


def find_payments(
    dettes: pl.DataFrame, credits_: pl.DataFrame, postes: Sequence[str], cle: str
) -> pl.DataFrame:
    """What these credits, in order, pay of these parts of the debts where `cle` is equal.

    `dettes` are those of the day (its `date` in a column). The oldest due date is paid first, then
    the order of `postes`. Columns of CREDIT (but reste) and DETTE, poste, montant_centimes.
    """
    parts = [
        dettes.select(*dict.fromkeys((cle, *DETTE)), pl.lit(p).alias("poste"), reste=RESTES[p])
        for p in postes
    ]
    dues = pl.concat(parts).filter(pl.col("reste") > 0)
    # The sort is stable: parts of one call stay in the order of `postes`.
    dues = dues.sort("date_exigibilite", "appel", maintain_order=True)
    return allocate(credits_.select(cle, *CREDIT), dues, cle)


def settle_dettes(dettes: pl.DataFrame, paiements: pl.DataFrame) -> pl.DataFrame:
    """`dettes` less what was paid of them, with their counters."""
    montant, poste, nature = pl.col("montant_centimes"), pl.col("poste"), pl.col("nature")
    # What was ordered in time is never late, whenever the bank settles it.
    a_temps = pl.col("date_ordre") <= pl.col("date_exigibilite")
    jour = pl.when(~a_temps).then(pl.min_horizontal("date_valeur", "date"))
    obligatoire = montant.filter(poste == OBLIGATOIRE)
    majoration = montant.filter((poste == MAJORATION) & (nature != REMISE))
    sous_plan = (nature != REMISE) & (pl.col("date_valeur") >= pl.col("effet"))
    payes = (
        paiements.with_columns(
            months_late(pl.col("depart"), jour).alias("mois"),
            months_late_under_plan(jour).alias("mois_sous_plan"),
        )
        .group_by("appel")
        .agg(
            (-obligatoire.sum()).alias("reste_obligatoire"),
            (-montant.filter(poste == FACULTATIF).sum()).alias("reste_facultatif"),
            (montant * pl.col("mois")).filter(poste == OBLIGATOIRE).sum().alias("acquis"),
            (montant * pl.col("mois_sous_plan"))
            .filter(poste == OBLIGATOIRE)
            .sum()
            .alias("acquis_sous_plan"),
            majoration.sum().alias("majorations_payees"),
            montant.filter(nature == REMISE).sum().alias("majorations_remises"),
            montant.filter(sous_plan).sum().alias("paye_plan"),
        )
    )
    return _add(dettes, payes, "appel")


def spend_credits(credits_: pl.DataFrame, paiements: pl.DataFrame) -> pl.DataFrame:
    """`credits_` less what they paid."""
    depenses = paiements.group_by("credit").agg((-pl.col("montant_centimes").sum()).alias("reste"))
    return _add(credits_, depenses, "credit")


def _add(frame: pl.DataFrame, variations: pl.DataFrame, cle: str) -> pl.DataFrame:
    """`frame` plus the variations of some of its columns, row by row."""
    colonnes = [nom for nom in variations.columns if nom != cle]
    sommes = [pl.col(c) + pl.col(f"{c}_en_plus").fill_null(0) for c in colonnes]
    return (
        frame.join(variations, on=cle, how="left", suffix="_en_plus", maintain_order="left")
        .with_columns(sommes)
        .drop(f"{c}_en_plus" for c in colonnes)
    )
