"""The ceiling of a leave, and the part of a payment that stands under it.

A ceiling serves once: the payments of the same days share it. Source: Code de la sécurité sociale,
R242-2; choices L-22, L-51, L-53.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.valeurs import PSS, join_valeurs, month_of
from specs.connaissances import Connaissances
from specs.montants import rounded_quotient

MENSUEL = {"mensuel": (PSS, "montant_mensuel_centimes")}


def compute_plafonds(paiements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`decompte`, `plafond_centimes`: of each payment; null when a month has no known ceiling.

    `paiements`: decompte (key), debut, fin (calendar days of the leave), date_paiement, entier (the
    whole ceiling of the month of payment, whatever the days), ote_du and ote_au (days of it that
    don't count; null: none).
    """
    jours = (
        paiements.select("decompte", "debut", "fin", "date_paiement", "entier", "ote_du", "ote_au")
        .with_columns(
            debut=pl.when("entier")
            .then(pl.col("date_paiement").dt.month_start())
            .otherwise("debut"),
            fin=pl.when("entier").then(pl.col("date_paiement").dt.month_end()).otherwise("fin"),
        )
        .with_columns(
            premier=pl.date_ranges(pl.col("debut").dt.month_start(), "fin", "1mo"),
        )
        .explode("premier", empty_as_null=True)
        .with_columns(dernier=pl.col("premier").dt.month_end(), mois=month_of(pl.col("premier")))
    )
    pris = _days_within("debut", "fin") - _days_within("ote_du", "ote_au").fill_null(0)
    du_mois = pl.col("dernier") - pl.col("premier")
    parts = join_valeurs(jours, "mois", MENSUEL, savoir).with_columns(
        part=rounded_quotient(
            pl.col("mensuel").cast(pl.Int128) * pris,
            du_mois.dt.total_days() + 1,
        )
    )
    # A sum would take an unknown month for nothing.
    somme = pl.when(pl.col("part").is_not_null().all()).then(pl.col("part").sum())
    return parts.group_by("decompte").agg(plafond_centimes=somme)


def _days_within(debut: str, fin: str) -> pl.Expr:
    """Calendar days of the month (`premier` to `dernier`) from a day to another."""
    ecart = pl.min_horizontal(fin, "dernier") - pl.max_horizontal(debut, "premier")
    connus = pl.col(debut).is_not_null()
    return pl.when(connus).then(pl.max_horizontal(ecart.dt.total_days() + 1, 0))


def share_ceiling(paiements: pl.DataFrame) -> pl.DataFrame:
    """`paiements`, in their order, with `assiette_plafonnee_centimes`.

    Columns besides: groupe_plafond (those that share a ceiling), brut_du_groupe (gross of the
    payments before tonight's), brut_centimes, plafond_centimes.
    """
    avec = pl.col("brut_du_groupe") + pl.col("brut_centimes").cum_sum().over("groupe_plafond")
    sans = avec - pl.col("brut_centimes")
    plafond = pl.col("plafond_centimes")
    return paiements.with_columns(
        assiette_plafonnee_centimes=pl.min_horizontal(avec, plafond)
        - pl.min_horizontal(sans, plafond)
    ).with_columns(
        assiette_plafonnee_centimes=pl.when(plafond.is_not_null()).then(
            "assiette_plafonnee_centimes"
        )
    )
