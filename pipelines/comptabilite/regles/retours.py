"""Debits and transfers that came back: they pay nothing any more."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.comptabilite.regles.faits import Faits
from specs.contrats import codes_of

REJETE, A_REMETTRE = codes_of("prelevements", "etat", "REJETE", "A_REMETTRE")
RETOUR, PRELEVEMENT = codes_of("encaissements", "nature", "RETOUR", "PRELEVEMENT")


def with_known_debit(faits: Faits) -> pl.DataFrame:
    """`encaissements` with `connu`: whether the fund issued the debit that the movement names."""
    connus = faits.prelevements.select("prelevement", connu=pl.lit(value=True))
    return faits.encaissements.join(
        connus, on="prelevement", how="left", maintain_order="left"
    ).with_columns(pl.col("connu").fill_null(value=False))


def compute_rejets(faits: Faits, date_arrete: date) -> pl.DataFrame:
    """Debits that came back by `date_arrete`: prelevement (key), date_rejet, rendu_centimes.

    `rendu_centimes` is what the bank took back (negative), null when the debit was refused before
    its settlement: no money moved. A return that the bank undid is none. `a_remettre`: the company
    is not the cause.
    """
    rendu = pl.col("montant_centimes")
    retour_le = pl.col("date_valeur").filter(rendu < 0)
    rendus = (
        with_known_debit(faits)
        .filter(pl.col("connu") & (pl.col("nature") == RETOUR))
        .group_by("prelevement")
        .agg(retour_le.max().alias("date_rendu"), rendu.sum().alias("rendu_centimes"))
        .filter(pl.col("rendu_centimes") < 0)
    )
    return (
        faits.prelevements.join(rendus, on="prelevement", how="left")
        .filter(pl.col("etat").is_in([REJETE, A_REMETTRE]) | pl.col("rendu_centimes").is_not_null())
        .select(
            "prelevement",
            pl.coalesce("date_rendu", "date_etat", "date_echeance").alias("date_rejet"),
            "rendu_centimes",
            (pl.col("etat") == A_REMETTRE).alias("a_remettre"),
        )
        .filter(pl.col("date_rejet") <= date_arrete)
        .sort("prelevement")
    )


def match_returned_transfers(faits: Faits) -> pl.DataFrame:
    """Transfers that the bank took back: retour (key), virement (null when none is found).

    A return takes back the last transfer of the same company and amount, received before it.
    """
    mouvements = with_known_debit(faits).filter(~pl.col("connu"))
    retours = mouvements.filter(pl.col("nature") == RETOUR).select(
        "siren", "date_operation", (-pl.col("montant_centimes")).alias("montant_centimes"),
        retour="encaissement",
    )  # fmt: skip
    virements = mouvements.filter(pl.col("nature") != RETOUR).select(
        "siren", "date_operation", "montant_centimes", virement="encaissement"
    )
    ordre = ["date_operation", "siren", "montant_centimes"]
    trouves = retours.sort(*ordre, "retour").join_asof(
        virements.sort(*ordre, "virement"),
        on="date_operation",
        by=["siren", "montant_centimes"],
        check_sortedness=False,
    )
    premier = pl.col("retour").rank("ordinal").over("virement") == 1
    return trouves.select("retour", pl.when(premier).then("virement").alias("virement")).sort(
        "retour"
    )
