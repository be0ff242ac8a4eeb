"""The bank accounts of employees: which one serves on which days.

Of one employee and company, an account serves from its EFFECTIVE date to the eve of the next one,
or of its withdrawal. The latest accepted counts for a date (X-12); a withdrawal is of what was told
before it, and brings no former account back. Source: exchange.md 6.2 (RB-003 to RB-005), L-45.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.echanges.regles.lignes import RESERVEE, SCHEMA_CONSTATS, compose_constats
from specs.contrats import codes_of, computed_columns

VALABLE, A_CONFIRMER, RETIRE, REMPLACE = codes_of(
    "comptes_salaries", "etat", "VALABLE", "A_CONFIRMER", "RETIRE", "REMPLACE"
)
NOUVEAU, RETRAIT = "N", "S"  # ACTION
SALARIE = ["siren", "salarie"]
LIGNE = ["siren", "depot", "rang"]
UN_JOUR = pl.duration(days=1)
# `conforme`: the holder bears the name of the employee.
LIGNES = pl.Schema(
    {
        "siren": pl.String,
        "depot": pl.String,
        "rang": pl.Int64,
        "salarie": pl.String,
        "matricule": pl.String,
        "compte": pl.String,
        "iban_masque": pl.String,
        "action": pl.String,
        "effective": pl.Date,
        "recu_le": pl.String,
        "conforme": pl.Boolean,
    }
)
PAIEMENTS = pl.Schema({"salarie": pl.String, "compte": pl.String, "date": pl.Date})
CONFIRMES = pl.Schema({"salarie": pl.String, "compte": pl.String, "decision": pl.Int64})
SITUES = pl.Schema({"depot": pl.String, "rang": pl.Int64, "situe": pl.Date})


@dataclass(frozen=True, slots=True)
class Comptes:
    """`comptes`: contract `comptes_salaries` but `part`; `constats`: SCHEMA_CONSTATS."""

    comptes: pl.DataFrame
    constats: pl.DataFrame


def compute_comptes(
    lignes: pl.DataFrame,
    paiements: pl.DataFrame,
    confirmes: pl.DataFrame,
    situes: pl.DataFrame,
) -> Comptes:
    """Accounts of the lines in force (LIGNES), and what is said of these.

    `paiements` (PAIEMENTS): what was paid, on which account; `confirmes` (CONFIRMES, key: salarie,
    compte): holders that an officer confirmed; `situes` (SITUES, key: depot, rang): first days of
    the accounts of former nights, which what was paid since does not move.
    """
    rangees = lignes.sort("recu_le", "depot", "rang").with_row_index("ordre")
    demandes = rangees.filter(pl.col("action") == NOUVEAU)
    retraits = rangees.filter(pl.col("action") == RETRAIT)
    poses = _after_payments(demandes, paiements, situes)
    servis = _served(_withdrawn(poses, retraits)).join(
        confirmes, on=["salarie", "compte"], how="left", maintain_order="left"
    )
    a_confirmer = ~pl.col("conforme") & pl.col("decision").is_null()
    comptes = servis.with_columns(
        pl.when(~pl.col("derniere"))
        .then(pl.lit(REMPLACE))
        .when(~pl.col("sert"))
        .then(pl.lit(RETIRE))
        .when(a_confirmer)
        .then(pl.lit(A_CONFIRMER))
        .otherwise(pl.lit(VALABLE))
        .alias("etat")
    )
    colonnes = computed_columns("comptes_salaries")
    return Comptes(
        comptes.select(colonnes).sort("depot", "rang"),
        pl.concat([_tell(comptes), _tell_unknown(retraits, demandes)]).sort(
            "depot", "rang", "code"
        ),
    )


def _after_payments(
    demandes: pl.DataFrame, paiements: pl.DataFrame, situes: pl.DataFrame
) -> pl.DataFrame:
    """New accounts with their `debut`: the day after the last payment on another one (RB-003).

    An account already known keeps its own: a payment that found it in force moves no account.
    """
    derniers = (
        demandes.select("salarie", "compte")
        .unique()
        .join(paiements, on="salarie", suffix="_paye")
        .filter(pl.col("compte") != pl.col("compte_paye"))
        .group_by("salarie", "compte")
        .agg((pl.col("date").max() + UN_JOUR).alias("libre"))
    )
    poses = demandes.join(derniers, on=["salarie", "compte"], how="left", maintain_order="left")
    connus = poses.join(situes, on=["depot", "rang"], how="left", maintain_order="left")
    return connus.with_columns(
        debut=pl.coalesce("situe", pl.max_horizontal("effective", "libre")),
        debut_demande="effective",
    )


def _withdrawn(poses: pl.DataFrame, retraits: pl.DataFrame) -> pl.DataFrame:
    """With `retrait`: the first day on which a later line withdraws the account; null: none."""
    jours = (
        poses.select(*SALARIE, "compte", "ordre")
        .join(
            retraits.select(*SALARIE, "compte", apres="ordre", retrait="effective"),
            on=[*SALARIE, "compte"],
        )
        .filter(pl.col("apres") > pl.col("ordre"))
        .group_by("ordre")
        .agg(pl.col("retrait").min())
    )
    return poses.join(jours, on="ordre", how="left", maintain_order="left")


def _served(poses: pl.DataFrame) -> pl.DataFrame:
    """With `derniere` (none is later for the same day), `sert` (some day) and `fin`."""
    jour = [*SALARIE, "debut"]
    derniere = pl.col("ordre") == pl.col("ordre").max().over(jour)
    retiree = (pl.col("retrait") <= pl.col("debut")).fill_null(value=False)
    marquees = poses.with_columns(derniere=derniere).with_columns(
        sert=pl.col("derniere") & ~retiree
    )
    suivantes = (
        marquees.filter("sert")
        .sort(jour)
        .select("ordre", suivant=pl.col("debut").shift(-1).over(SALARIE))
    )
    return marquees.join(suivantes, on="ordre", how="left", maintain_order="left").with_columns(
        fin=pl.when("sert").then(pl.min_horizontal("suivant", "retrait") - UN_JOUR)
    )


def _tell(comptes: pl.DataFrame) -> pl.DataFrame:
    """RB-003 of an account that serves later than asked, RB-004 of one to confirm."""
    decales = comptes.filter(pl.col("debut") > pl.col("effective"))
    dits = [
        decales.select(
            *LIGNE,
            code=pl.lit("RB-003"),
            attendu=pl.col("debut").dt.strftime("%d/%m/%Y"),
            date="debut",
        ),
        comptes.filter(etat=A_CONFIRMER).select(*LIGNE, code=pl.lit("RB-004")),
    ]
    return pl.concat([SCHEMA_CONSTATS.to_frame(), *(compose_constats(d, RESERVEE) for d in dits)])


def _tell_unknown(retraits: pl.DataFrame, demandes: pl.DataFrame) -> pl.DataFrame:
    """RB-005 of the withdrawal of an account that nothing told before it."""
    cle = [*SALARIE, "compte"]
    premieres = demandes.group_by(cle).agg(pl.col("ordre").min().alias("dite"))
    connus = retraits.join(premieres, on=cle).filter(pl.col("dite") < pl.col("ordre"))
    inconnus = retraits.join(connus.select("ordre"), on="ordre", how="anti")
    return compose_constats(inconnus.select(*LIGNE, code=pl.lit("RB-005")))
