"""What is kept from a net: seizures first, then what was paid in excess before.

Source: choices L-37, L-47, L-74; section 6 (set-off of a cancelled leave).
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.valeurs import PAIEMENT, join_option, join_valeurs
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import PPM, rounded_product

SATD, TROP = codes_of("lignes_decompte", "code", "SATD", "TROP")
RANG_SATD, RANG_TROP = 13, 14
DIXIEME = {"dixieme": (PAIEMENT, "recuperation_dixieme_ppm")}


def compute_dettes(decomptes: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """salarie, dette_centimes: what was paid in excess, less what was already kept for it.

    `decomptes`, `lignes`: as published or made tonight. A negative net is owed by the employee.
    """
    dues = decomptes.filter(pl.col("net_centimes") < 0).select(
        "salarie", montant=-pl.col("net_centimes")
    )
    reprises = lignes.filter(pl.col("code") == TROP).select(
        "salarie", montant=-pl.col("montant_centimes")
    )
    return (
        pl.concat([dues, reprises])
        .group_by("salarie")
        .agg(dette_centimes=pl.col("montant").sum())
        .filter(pl.col("dette_centimes") > 0)
        .sort("salarie")
    )


def withhold(
    paiements: pl.DataFrame, saisies: pl.DataFrame, dettes: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """`paiements`, in their order, with satd_centimes, trop_centimes and net_centimes.

    Columns read: decompte (key), salarie, mois (of payment), date_paiement,
    net_avant_retenues_centimes, `refait` (paid again after a mirror: it only lowers the debt).
    `saisies`: salarie, saisie, debut, fin (null: open), montant_centimes or part_ppm, and
    protege_centimes. `dettes`: of `compute_dettes`.
    """
    net = pl.max_horizontal("net_avant_retenues_centimes", 0)
    avec = paiements.join(
        _seize(paiements.with_columns(net=net), saisies), on="decompte", how="left",
        maintain_order="left",
    ).with_columns(pl.col("satd_centimes").fill_null(0))  # fmt: skip
    dates = join_option(join_valeurs(avec, "mois", DIXIEME, savoir), "mois", "recuperation", savoir)
    reste = net - pl.col("satd_centimes")
    dixieme = reste * pl.col("dixieme") // PPM
    partiel = (pl.col("recuperation") == "dixieme") & ~pl.col("refait")
    possible = pl.when(partiel).then(dixieme).otherwise(reste)
    deja = (pl.col("possible").cum_sum() - pl.col("possible")).over("salarie")
    due = pl.max_horizontal(pl.col("dette_centimes").fill_null(0) - deja, 0)
    return (
        dates.with_columns(possible=possible)
        .join(dettes, on="salarie", how="left", maintain_order="left")
        .with_columns(trop_centimes=pl.min_horizontal("possible", due))
        .with_columns(
            retenues_centimes=pl.col("satd_centimes") + pl.col("trop_centimes"),
            net_centimes=pl.col("net_avant_retenues_centimes")
            - pl.col("satd_centimes")
            - pl.col("trop_centimes"),
        )
        .drop("possible", "dette_centimes", "recuperation", "dixieme")
    )


def _seize(paiements: pl.DataFrame, saisies: pl.DataFrame) -> pl.DataFrame:
    """decompte, satd_centimes: each seizure in its turn, the protected sum left to the employee."""
    dues = (
        paiements.select("decompte", "salarie", "date_paiement", "net")
        .join(saisies, on="salarie")
        .filter(
            pl.col("date_paiement") >= pl.col("debut"),
            pl.col("fin").is_null() | (pl.col("date_paiement") <= pl.col("fin")),
        )
        .with_columns(
            demandee=pl.coalesce(
                "montant_centimes", rounded_product(pl.col("net"), pl.col("part_ppm"))
            )
        )
        .sort("decompte", "debut", "saisie")
        .with_columns(rang=pl.int_range(pl.len()).over("decompte"))
    )
    prises = dues.select("decompte").unique().with_columns(satd_centimes=pl.lit(0, pl.Int64))
    for (_,), tour in dues.sort("rang").group_by("rang", maintain_order=True):
        saisissable = pl.max_horizontal(
            pl.col("net") - pl.col("satd_centimes") - pl.col("protege_centimes"), 0
        )
        ajout = tour.join(prises, on="decompte").select(
            "decompte", ajout=pl.min_horizontal("demandee", saisissable)
        )
        prises = prises.join(ajout, on="decompte", how="left").select(
            "decompte", satd_centimes=pl.col("satd_centimes") + pl.col("ajout").fill_null(0)
        )
    return prises


def list_withheld(paiements: pl.DataFrame) -> pl.DataFrame:
    """Lines SATD and TROP of `withhold`: contract `lignes_decompte` but part."""
    net = pl.max_horizontal("net_avant_retenues_centimes", 0)
    assiettes = {SATD: net, TROP: net - pl.col("satd_centimes")}
    colonnes = {SATD: "satd_centimes", TROP: "trop_centimes"}
    rangs = {SATD: RANG_SATD, TROP: RANG_TROP}
    return pl.concat(
        paiements.filter(pl.col(colonne) > 0).select(
            "decompte", "salarie", rang=pl.lit(rangs[code], pl.Int64), code=pl.lit(code),
            assiette_centimes=assiettes[code], taux_ppm=pl.lit(None, pl.Int64),
            montant_centimes=colonne,
        )
        for code, colonne in colonnes.items()
    )  # fmt: skip
