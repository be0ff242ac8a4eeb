"""The days taken, as rows that stay: what is accepted, what is given back, in their order.

Source: choices L-36, L-49, L-61, L-76.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.demandes import RECUE
from pipelines.conges.regles.paiement.dus import COMPTEURS, PRINCIPAL, PRISE
from pipelines.conges.regles.paiement.imputation import COMPENSATRICE
from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.conges.regles.paiement.jugement import Jugement
from specs.contrats import computed_columns

COLONNES = computed_columns("prises_conges")
UNITE = [*DEMANDE, "exercice"]
PSEUDONYME = 6  # its first characters tell two employees of a company apart


def drop_unpaid(
    prises: pl.DataFrame, tenues: pl.DataFrame, payees: pl.DataFrame, abandonnees: pl.DataFrame
) -> pl.DataFrame:
    """`prises` without those of unpaid requests that changed, were cancelled or are no longer."""
    gardees = tenues.filter(pl.col("etat") != RECUE).join(abandonnees, on=DEMANDE, how="anti")
    toutes = pl.concat([gardees.select(DEMANDE), payees.select(DEMANDE)])
    return prises.join(toutes.unique(), on=DEMANDE, how="semi", maintain_order="left")


def drop_unfounded(
    prises: pl.DataFrame, payees: pl.DataFrame, droits: pl.DataFrame, acquis: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`prises` without those not paid yet that the rights no longer give; these (DEMANDE).

    Their requests are judged again: the leave year waits again, or gives fewer days (L-11, L-76).
    `payees`: PRISE.
    """
    donnes = acquis.group_by("salarie", "exercice", origine="compteur").agg(
        donne=pl.col("acquis_centiemes").sum()
    )
    nature = ["salarie", "exercice", "origine"]
    annulees = prises.filter(pl.col("sens") < 0)
    tenues = prises.filter(pl.col("sens") > 0).join(annulees, on=PRISE, how="anti")
    attendues = (
        tenues.join(donnes, on=nature, how="left")
        .join(payees.select(PRISE).unique().with_columns(paye=True), on=PRISE, how="left")
        .with_columns(pl.col("paye").fill_null(value=False), pl.col("donne").fill_null(0))
        .sort(~pl.col("paye"), "ordre")
        .with_columns(pris=pl.col("jours_centiemes").cum_sum().over(nature))
        .filter(~pl.col("paye"))
    )
    sans = attendues.join(droits, on=["salarie", "exercice"], how="anti")
    trop = attendues.filter(pl.col("pris") > pl.col("donne"))
    vaines = pl.concat([sans.select(PRISE), trop.select(PRISE)]).unique()
    return (
        prises.join(vaines, on=PRISE, how="anti", maintain_order="left"),
        vaines.select(DEMANDE).unique().sort(DEMANDE),
    )


def _last_order(prises: pl.DataFrame) -> pl.DataFrame:
    return prises.group_by("salarie").agg(dernier=pl.col("ordre").max())


def add_mirrors(prises: pl.DataFrame, annulees: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`prises` with the opposite of those of paid requests now cancelled; and these (PRISE)."""
    deja = prises.filter(pl.col("sens") < 0)
    visees = (
        prises.filter(pl.col("sens") > 0)
        .join(annulees.select(DEMANDE).unique(), on=DEMANDE, how="semi")
        .join(deja, on=PRISE, how="anti")
        .join(_last_order(prises), on="salarie")
    )
    contraires = visees.with_columns(
        sens=pl.lit(-1, pl.Int64),
        jours_centiemes=-pl.col("jours_centiemes"),
        ordre=pl.col("dernier") + pl.struct("ordre", *DEMANDE).rank("dense").over("salarie"),
    ).with_columns(pl.col("ordre").cast(pl.Int64))
    return (
        pl.concat([prises, contraires.select(COLONNES)]),
        visees.select(PRISE).unique().sort(PRISE),
    )


def add_takings(prises: pl.DataFrame, jugement: Jugement) -> pl.DataFrame:
    """Rows of tonight's takings; a request that gets more days of a year makes another turn."""
    tours = prises.group_by(UNITE).agg(suivant=pl.col("tour").max() + 1)
    return (
        jugement.prises.join(jugement.salaires, on=DEMANDE, how="left")
        .join(tours, on=UNITE, how="left")
        .join(_last_order(prises), on="salarie", how="left")
        .with_columns(
            tour=pl.col("suivant").fill_null(0),
            sens=pl.lit(1, pl.Int64),
            ordre=pl.col("dernier").fill_null(0) + pl.col("rang_salarie"),
        )
        .select(COLONNES)
    )


def list_small(droits: pl.DataFrame) -> pl.DataFrame:
    """Requests that nobody makes: below 63 h, a tenth of the gross is paid at once (L-61).

    DEMANDE, salarie, exercice, nature.
    """
    annee = pl.col("exercice").cast(pl.String).str.slice(2)
    numero = pl.concat_str(pl.lit("M"), annee, "siren", pl.col("salarie").str.head(PSEUDONYME))
    return droits.filter(pl.col("jours_legaux") == 0, pl.col("indemnite_centimes") > 0).select(
        "siren", "salarie", "exercice", demande=numero, nature=pl.lit(COMPENSATRICE)
    )


def take_nothing(petites: pl.DataFrame, prises: pl.DataFrame) -> pl.DataFrame:
    """Takings of no day for `list_small`: what a payment hangs on."""
    jour, nombre = pl.lit(None, pl.Date), pl.lit(None, pl.Int64)
    return (
        petites.join(prises, on=DEMANDE, how="anti")
        .with_columns(
            tour=pl.lit(0, pl.Int64), sens=pl.lit(1, pl.Int64), compteur=pl.lit(PRINCIPAL),
            origine=pl.lit(PRINCIPAL), debut=jour, fin=jour, jours_centiemes=pl.lit(0, pl.Int64),
            salaire_centimes=nombre, ordre=pl.lit(0, pl.Int64),
        )
        .select(COLONNES)
    )  # fmt: skip


def gather_events(prises: pl.DataFrame) -> pl.DataFrame:
    """What `compute_dus` reads: one row a taking or a mirror, its days by counter of origin."""
    jours = [
        pl.col("jours_centiemes").filter(pl.col("origine") == nom).sum().alias(nom)
        for nom in COMPTEURS
    ]
    return prises.group_by(*PRISE, "salarie", "sens").agg(
        *jours, pl.col("salaire_centimes").max(), pl.col("ordre").min()
    )
