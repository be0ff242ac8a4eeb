"""Statement of account: the entries of the members' account, with the balance after each.

Entries are dated at the night that wrote them and never change: a statement of past dates is the
same whenever it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from specs.plan_comptable import read_plan_comptable

OUVERTURE = "OUVERTURE"
SCHEMA = pl.Schema(
    {
        "date_comptable": pl.Date,
        "date_valeur": pl.Date,
        "journal": pl.String,
        "ecriture": pl.String,
        "cdg": pl.String,
        "libelle": pl.String,
        "origine": pl.String,
        "debit_centimes": pl.Int64,
        "credit_centimes": pl.Int64,
        "solde_centimes": pl.Int64,
    }
)


@dataclass(frozen=True, slots=True)
class ReleveCompte:
    """Statement from `debut` to `fin`, both included; positive balances are owed by the company.

    `lignes`: SCHEMA, one row an entry and a centre (key: ecriture, cdg), in the order of the dates.
    """

    debut: date
    fin: date
    ouverture_centimes: int
    lignes: pl.DataFrame

    @property
    def tableau(self) -> pl.DataFrame:
        """SCHEMA: the opening balance as a first row, then the lines."""
        ouverture = pl.DataFrame(
            {
                "date_comptable": [self.debut],
                "date_valeur": [self.debut],
                "journal": [OUVERTURE],
                "ecriture": [""],
                "libelle": ["Solde d'ouverture"],
                "origine": [""],
                "debit_centimes": [0],
                "credit_centimes": [0],
                "solde_centimes": [self.ouverture_centimes],
            }
        )
        return pl.concat([ouverture, self.lignes], how="diagonal").match_to_schema(SCHEMA)

    @property
    def cloture_centimes(self) -> int:
        """Balance at the end of `fin`."""
        if self.lignes.is_empty():
            return self.ouverture_centimes
        return int(self.lignes["solde_centimes"][-1])


def compute_releve(ecritures: pl.DataFrame, debut: date, fin: date) -> ReleveCompte:
    """Statement of the companies or centres of these `ecritures` (contract), already chosen."""
    signe = pl.col("debit_centimes") - pl.col("credit_centimes")
    du_compte = ecritures.filter(pl.col("compte") == read_plan_comptable().adherents)
    avant = du_compte.filter(pl.col("date_comptable") < debut)
    ouverture = int(avant.select(signe.sum()).item())
    lignes = (
        du_compte.filter(pl.col("date_comptable").is_between(debut, fin))
        .group_by(
            "ecriture", "cdg", "date_comptable", "date_valeur", "journal", "libelle", "origine"
        )
        .agg(signe.sum().alias("montant"))
        .sort("date_comptable", "date_valeur", "ecriture", "cdg")
        .with_columns(
            pl.col("montant").clip(lower_bound=0).alias("debit_centimes"),
            (-pl.col("montant")).clip(lower_bound=0).alias("credit_centimes"),
            (pl.col("montant").cum_sum() + ouverture).alias("solde_centimes"),
        )
        .select(SCHEMA.names())
    )
    return ReleveCompte(debut, fin, ouverture, lignes)
