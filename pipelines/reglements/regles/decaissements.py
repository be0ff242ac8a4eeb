"""What the bank says of the transfers of the fund: debited, given back, refused, or undone.

A transfer is a debit seen from the other side: money that leaves settles it, money that comes back
returns it. The rules of debits are asked, amounts turned over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from parsers.banque.mouvements import PRELEVEMENT, REJET, RETOUR
from pipelines.reglements.regles.debits import (
    INCONNU,
    MONTANT,
    RIEN_A_ANNULER,
    TOTAL,
    Debits,
    link_ordres,
)
from specs.contrats import codes_of, computed_columns

VIREMENT, REVENU = codes_of("decaissements", "nature", "VIREMENT", "RETOUR")
CLE = ["depot", "rang"]
MOUVEMENT = pl.format("{}-{}", *CLE)
PHRASES = {
    INCONNU: "aucun paiement de la caisse n'a cette référence",
    MONTANT: "le montant n'est pas celui du paiement",
    TOTAL: "le total du lot n'est pas celui de ses paiements",
    RIEN_A_ANNULER: RIEN_A_ANNULER,
}


@dataclass(frozen=True, slots=True)
class Payes:
    """Contract `decaissements` but `part`, sorted; refusals, doubles and failures as for debits."""

    decaissements: pl.DataFrame
    debits: Debits


def names_reglement(reglements: pl.DataFrame) -> pl.Expr:
    """Whether a movement names one of these transfers, their batch or their file."""
    lots = pl.concat([reglements["lot"], reglements["remise"]]).unique()
    return (
        pl.col("bout_en_bout").is_in(reglements["bout_en_bout"].implode())
        | pl.col("remise").is_in(lots.implode())
        | pl.col("message_origine").is_in(lots.implode())
    ).fill_null(value=False)


def link_reglements(mouvements: pl.DataFrame, reglements: pl.DataFrame) -> Payes:
    """What these movements (of `with_amounts`) say of these transfers (contract `reglements`)."""
    ordres = reglements.select(
        "lot", "remise", "montant_centimes", prelevement="bout_en_bout",
        date_echeance="date_execution", rum=pl.lit(None, pl.String),
    )  # fmt: skip
    vus = _seen_as_debits(mouvements)
    debits = link_ordres(vus, ordres)
    return Payes(
        _paid(debits, vus, reglements),
        replace(
            debits,
            echecs=debits.echecs.with_columns(
                pl.col("motif").replace_strict(PHRASES, default=pl.col("motif"))
            ),
        ),
    )


def _seen_as_debits(mouvements: pl.DataFrame) -> pl.DataFrame:
    """Movements with the natures and signs of debits; what comes back with a reason is a return."""
    montant, extourne = pl.col("montant_centimes"), pl.col("extourne")
    rendu = extourne & (montant > 0) & pl.col("code_motif").is_not_null()
    sorti = (montant < 0) ^ extourne
    return mouvements.with_columns(
        pl.when(pl.col("nature") == REJET)
        .then(pl.lit(REJET))
        .when(rendu | ~sorti)
        .then(pl.lit(RETOUR))
        .otherwise(pl.lit(PRELEVEMENT))
        .alias("nature"),
        (extourne & ~rendu).alias("extourne"),
        -pl.col("montant_centimes", "net_centimes"),
        rum=pl.lit(None, pl.String),
    )


def _paid(debits: Debits, vus: pl.DataFrame, reglements: pl.DataFrame) -> pl.DataFrame:
    """Rows of `decaissements`, in the signs of the account; a batch makes several."""
    plusieurs = pl.len().over(CLE) > 1
    rang = pl.col("reglement").rank("ordinal").over(CLE).cast(pl.String).str.zfill(4)
    dates = vus.select(*CLE, "date_operation", "date_valeur", "extourne", "code_motif")
    montant, frais = -pl.col("montant_centimes"), -pl.col("frais_centimes")
    return (
        debits.liens.filter(pl.col("nature") != REJET)
        .join(dates, on=CLE)
        .join(reglements.select("reglement", "siren", prelevement="bout_en_bout"), on="prelevement")
        .with_columns(
            decaissement=pl.when(plusieurs)
            .then(pl.format("{}-{}", MOUVEMENT, rang))
            .otherwise(MOUVEMENT),
            nature=pl.when(pl.col("nature") == RETOUR)
            .then(pl.lit(REVENU))
            .otherwise(pl.lit(VIREMENT)),
            montant_centimes=montant,
            frais_centimes=frais,
            net_centimes=montant - frais,
        )
        .select(computed_columns("decaissements"))
        .sort("decaissement")
    )
