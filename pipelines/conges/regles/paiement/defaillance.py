"""The part of a leave that is paid while months of contributions are not.

Source: Code du travail, D3141-31; choices L-20, L-55, L-63.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.methodes import EXERCICE
from specs.montants import rounded_quotient


def compute_parts(mois: pl.DataFrame) -> pl.DataFrame:
    """salarie, exercice (key), mois_emploi, mois_payes.

    `mois`: salarie, exercice, siren, mois (each civil month of employment of the period, begun or
    whole, that a DSN or a certificate tells), paye (nothing due and past is left of its calls, or
    a plan that is kept covers it). A month at two companies counts twice; at two centres of one,
    once, and it is paid when both are.
    """
    return (
        mois.group_by(*EXERCICE, "siren", "mois")
        .agg(pl.col("paye").all())
        .group_by(EXERCICE)
        .agg(mois_emploi=pl.len().cast(pl.Int64), mois_payes=pl.col("paye").sum().cast(pl.Int64))
        .sort(EXERCICE)
    )


def paid_part(montant: pl.Expr, payes: pl.Expr, emploi: pl.Expr) -> pl.Expr:
    """What of an amount due is paid; all of it when there is no month to look at."""
    entier = (emploi == 0) | (payes == emploi)
    part = rounded_quotient(
        montant.cast(pl.Int128) * payes, pl.max_horizontal(emploi, 1).cast(pl.Int128)
    )
    return pl.when(entier).then(montant).otherwise(part)
