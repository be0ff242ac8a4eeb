"""Which account each amount due is paid on, and why it can't be.

A company is paid on the account that it marked, else on that of the mandate of the centre; an
employee on the account that serves on the day of execution. The one in force that day holds (L-43).
"""

from __future__ import annotations

import polars as pl

from pipelines.dus import name_heritier
from specs.contrats import codes_of

MARQUE, DU_MANDAT = 0, 1
(A_CONFIRMER,) = codes_of("comptes_salaries", "etat", "A_CONFIRMER")
# `qui`: SIREN or pseudonym of an employee; `cdg` null: whatever the centre; `rang`: the lowest
# first; `cause`: why a bank would refuse it; `attend`: its holder is to be confirmed.
COMPTES = pl.Schema(
    {
        "qui": pl.String,
        "cdg": pl.String,
        "rang": pl.Int64,
        "compte": pl.String,
        "compte_credite": pl.String,
        "debut": pl.Date,
        "fin": pl.Date,
        "cause": pl.String,
        "attend": pl.Boolean,
    }
)


def list_comptes_entreprises(
    crediteurs: pl.DataFrame, mandats: pl.DataFrame, groupes: pl.DataFrame
) -> pl.DataFrame:
    """Accounts of companies (COMPTES).

    `crediteurs`: of `read_crediteurs`, with `cause`; `mandats`: those that are not cancelled;
    `groupes`: contract `groupes_paiement`, whose mandate is that of their centres too.
    """
    du_groupe = mandats.drop("cdg").join(groupes.select("groupe", "cdg"), on="groupe")
    designes = pl.concat(
        m.select("compte", "cdg", "date_signature") for m in (mandats, du_groupe)
    ).drop_nulls("cdg")
    marques = crediteurs.filter("remboursements").with_columns(
        cdg=pl.lit(None, pl.String), rang=pl.lit(MARQUE), date_signature=pl.lit(None, pl.Date)
    )
    de_mandats = crediteurs.join(designes, on="compte").with_columns(rang=pl.lit(DU_MANDAT))
    return (
        pl.concat([marques, de_mandats.select(marques.columns)])
        .sort("date_signature", "debut", "compte", descending=[True, True, False], nulls_last=True)
        .rename({"siren": "qui"})
        .with_columns(attend=pl.lit(value=False), rang=pl.col("rang").cast(pl.Int64))
        .select(COMPTES.names())
    )


def list_comptes_heritiers(heritiers: pl.DataFrame, crediteurs: pl.DataFrame) -> pl.DataFrame:
    """Accounts of heirs (COMPTES), `qui` being the name of each (`pipelines.dus`).

    `heritiers`: siren, demande, rang, compte, effet; `crediteurs`: see `list_comptes_entreprises`.
    """
    return heritiers.join(crediteurs, on=["siren", "compte"]).select(
        qui=name_heritier(), cdg=pl.lit(None, pl.String), rang=pl.lit(MARQUE, pl.Int64),
        compte="compte", compte_credite="compte_credite", debut="effet", fin="fin",
        cause="cause", attend=pl.lit(value=False),
    )  # fmt: skip


def list_comptes_salaries(comptes: pl.DataFrame) -> pl.DataFrame:
    """Accounts of employees (COMPTES). `comptes`: contract `comptes_salaries`, with `cause`."""
    return comptes.select(
        qui="salarie", cdg=pl.lit(None, pl.String), rang=pl.lit(MARQUE, pl.Int64),
        compte=pl.lit(None, pl.String), compte_credite="compte", debut="debut", fin="fin",
        cause="cause", attend=pl.col("etat") == A_CONFIRMER,
    )  # fmt: skip


def choose_comptes(dus: pl.DataFrame, comptes: pl.DataFrame) -> pl.DataFrame:
    """`dus` (du, qui, cdg, date_execution) with the columns of the account of each, null without.

    Of several, the first: of the lowest rank, then in the order of `comptes`.
    """
    jour = pl.col("date_execution")
    sert = (pl.col("debut") <= jour) & (pl.col("fin").is_null() | (pl.col("fin") >= jour))
    du_centre = pl.col("cdg_compte").is_null() | (pl.col("cdg_compte") == pl.col("cdg"))
    possibles = (
        dus.select("du", "qui", "cdg", "date_execution")
        .join(comptes.rename({"cdg": "cdg_compte"}), on="qui", maintain_order="left_right")
        .filter(sert & du_centre)
        .sort("du", "rang", maintain_order=True)
        .unique("du", keep="first", maintain_order=True)
        .drop("qui", "cdg", "date_execution", "cdg_compte", "rang", "fin")
    )
    return dus.join(possibles, on="du", how="left", maintain_order="left")
