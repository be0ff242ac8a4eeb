"""The indemnity of the legal days by its two methods, the better one kept.

A: a tenth of the last pay for each month retained. B: a tenth of what was earned in the period,
with the wages rebuilt of the absences that count as work. Source: Code du travail, L3141-24,
D3141-32, D3141-33; convention of ouvriers, 5.7; choices L-09, L-13, L-16, L-18, L-72, L-76.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of
from specs.montants import PPM, rounded_quotient

MOIS = 7_020_000  # fractions of a month
A, B = codes_of("droits", "methode", "A", "B")
EXERCICE = ["salarie", "exercice"]


def compute_methodes(bases: pl.DataFrame, reconstitutions: pl.DataFrame) -> pl.DataFrame:
    """`bases` with both methods, the one kept and its amount (columns of the contract `droits`).

    `bases`: salarie, exercice (not a key: one pay a row), r_centimes (null: no pay known),
    mois_retenus_fractions, fixe_centimes (gross, indemnities of leave and of bad weather).
    `reconstitutions`: salarie, exercice, poids_ppm, mois_fractions, heures_centiemes,
    horaire_centiemes (monthly, one an employee and leave year), maintenu_centimes (already in the
    gross, taken off without making the rebuilt wage negative).
    """
    a = rounded_quotient(
        pl.col("r_centimes").cast(pl.Int128) * pl.col("mois_retenus_fractions"), pl.lit(10 * MOIS)
    )
    dixieme = rounded_quotient(
        pl.col("fixe_centimes").cast(pl.Int128) * pl.col("diviseur") + pl.col("reconstitue"),
        pl.col("diviseur") * 10,
    )
    prise_a = (pl.col("indemnite_btp_centimes") >= pl.col("indemnite_dixieme_centimes")).fill_null(
        value=False
    )
    return (
        _join_rebuilt(bases, reconstitutions)
        .with_columns(indemnite_btp_centimes=a, indemnite_dixieme_centimes=dixieme)
        .with_columns(
            methode=pl.when(prise_a).then(pl.lit(A)).otherwise(pl.lit(B)),
            indemnite_centimes=pl.max_horizontal(
                "indemnite_btp_centimes", "indemnite_dixieme_centimes"
            ),
        )
        .drop("diviseur", "reconstitue")
    )


def _join_rebuilt(bases: pl.DataFrame, reconstitutions: pl.DataFrame) -> pl.DataFrame:
    """With the rebuilt wages at the pay of the row, exact: `reconstitue` / `diviseur` centimes."""
    horaire = pl.max_horizontal(pl.col("horaire_centiemes").fill_null(0), 1).cast(pl.Int128)
    diviseur = horaire * MOIS * PPM
    temps = pl.col("mois_fractions") * horaire + pl.col("heures_centiemes") * MOIS
    salaire = pl.col("r_centimes").fill_null(0) * pl.col("poids_ppm") * temps
    reste = salaire - pl.col("maintenu_centimes") * diviseur
    cle = [*EXERCICE, "r_centimes"]
    rebatis = (
        bases.select(cle)
        .unique()
        .join(reconstitutions, on=EXERCICE)
        .with_columns(diviseur=diviseur, reste=pl.max_horizontal(reste, pl.lit(0, pl.Int128)))
        .group_by(cle)
        .agg(pl.col("diviseur").max(), reconstitue=pl.col("reste").sum())
    )
    return bases.join(
        rebatis, on=cle, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(
        diviseur=pl.col("diviseur").fill_null(pl.lit(1, pl.Int128)),
        reconstitue=pl.col("reconstitue").fill_null(pl.lit(0, pl.Int128)),
    )


def read_wage(avg_wage: pl.Expr, rate: pl.Expr, horaire: pl.Expr) -> pl.Expr:
    """The monthly wage that a request bears, in centimes: AVG_WAGE, else RATE x monthly hours."""
    du_taux = rounded_quotient(rate.cast(pl.Int128) * horaire, pl.lit(10_000))
    return pl.coalesce(avg_wage, du_taux)
