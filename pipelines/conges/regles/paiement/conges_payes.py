"""The leave that the fund paid, as what is acquired after it reads it.

Source: choices L-08, L-16, L-60 (the amount due counts, not the part that was paid).
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.decomptes import PAIEMENT
from pipelines.conges.regles.paiement.dus import CINQUIEME, PRINCIPAL, PRISE
from pipelines.conges.regles.paiement.imputation import COMPENSATRICE
from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.conges.regles.paiement.valeurs import join_option, month_of
from specs.connaissances import Connaissances

CONGE = [
    "salarie", "debut", "fin", "departement", "jours_centiemes", "jours_legaux_centiemes",
    "indemnite_centimes",
]  # fmt: skip


def list_debout(decomptes: pl.DataFrame) -> pl.DataFrame:
    """Statements (contract `decomptes`) that pay days of leave, and that no other one cancels."""
    annules = decomptes.select(decompte="annule").drop_nulls()
    return decomptes.filter(pl.col("motif") == PAIEMENT, pl.col("nature") != COMPENSATRICE).join(
        annules, on="decompte", how="anti"
    )


def list_conges_payes(
    decomptes: pl.DataFrame, prises: pl.DataFrame, demandes: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """CONGE, one row a payment that stands: neither mirrored, nor a compensation.

    `decomptes`, `prises`, `demandes`: contracts `decomptes`, `prises_conges`, `demandes_conges`.
    """
    payes = list_debout(decomptes)
    legaux = (
        prises.filter(pl.col("sens") > 0, pl.col("origine").is_in([PRINCIPAL, CINQUIEME]))
        .group_by(PRISE)
        .agg(jours_legaux_centiemes=pl.col("jours_centiemes").sum())
    )
    mois = payes.with_columns(mois=month_of(pl.col("debut")))
    choisis = join_option(mois, "mois", "prime_dans_dixieme", savoir)
    prime = pl.when(pl.col("prime_dans_dixieme") == "oui").then("prime_due_centimes").otherwise(0)
    return (
        choisis.join(legaux, on=PRISE, how="left")
        .join(demandes.select(*DEMANDE, "departement"), on=DEMANDE, how="left")
        .with_columns(
            pl.col("jours_legaux_centiemes").fill_null(0),
            indemnite_centimes=pl.col("indemnite_due_centimes") + prime,
        )
        .select(CONGE)
        .sort(CONGE)
    )
