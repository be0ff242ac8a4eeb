"""Bases that are estimated when nothing came, until the DSN of the month does.

The call is then corrected by difference (C-08). Sources: features F15; options appel_estime.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.declarations.regles.attendues import ABSENTE, CLE, INUTILISABLE, RECUE
from pipelines.declarations.regles.releves import TDP, as_bases
from pipelines.declarations.regles.statuts import DSN, RETENUE
from specs.baremes.suivi import AUCUNE, DERNIER_MOIS, MOYENNE_TROIS_MOIS
from specs.contrats import codes_of
from specs.montants import rounded_ratio

(ESTIMATION,) = codes_of("bases", "source", "ESTIMATION")
REFERENCES: Mapping[str, int] = {DERNIER_MOIS: 1, MOYENNE_TROIS_MOIS: 3}  # months looked at


def compute_estimations(
    attendues: pl.DataFrame, bases: pl.DataFrame, calendrier: pl.DataFrame, date_arrete: date
) -> pl.DataFrame:
    """Bases (COLONNES) of the months without a usable declaration, from the months before.

    `attendues`: of `compute_attendues`; `bases`: contract `bases`, of any source. Each code of base
    is what the last month received brought to that month itself, or the mean of the last three
    (fewer when fewer came; a month without employees counts for nothing); nothing when it is not
    positive.
    """
    jour = pl.col("date_limite") + pl.duration(days="estimation_jours")
    manquantes = (
        attendues.filter(pl.col("etat").is_in([ABSENTE, INUTILISABLE]))
        .join(calendrier.select("mois", "estimation", "estimation_jours"), on="mois")
        .filter((pl.col("estimation") != AUCUNE) & (jour < date_arrete))
    )
    declarees = bases.filter(
        (pl.col("statut") == RETENUE) & pl.col("source").is_in([DSN, TDP])
    ).rename({"mois_appel": "mois"})
    references = _references(manquantes, _received_months(attendues, declarees))
    du_mois = (
        declarees.filter(pl.col("mois_rattachement") == pl.col("mois"))
        .group_by("siret", pl.col("mois").alias("reference"), "code_base")
        .agg(pl.col("quantite").sum())
    )
    sommes = (
        references.join(du_mois, on=["siret", "reference"])
        .group_by("siret", "siren", "cdg", "mois", "nombre", "code_base")
        .agg(pl.col("quantite").sum())
        .with_columns(_mean().alias("quantite"))
        .filter(pl.col("quantite") > 0)
        .sort(*CLE, "code_base")
    )
    return _numbered(sommes)


def _received_months(attendues: pl.DataFrame, declarees: pl.DataFrame) -> pl.DataFrame:
    """Months that can be referred to: siret, reference. Those before the follow-up have bases."""
    recues = attendues.filter(pl.col("etat") == RECUE).select(CLE)
    avant = declarees.select(CLE).unique().join(attendues, on=CLE, how="anti")
    return pl.concat([recues, avant]).select("siret", reference="mois")


def _references(manquantes: pl.DataFrame, recues: pl.DataFrame) -> pl.DataFrame:
    """Each missing month with the months that estimate it (`reference`) and their `nombre`."""
    combien = pl.col("estimation").replace_strict(REFERENCES, return_dtype=pl.Int64)
    rang = pl.col("reference").rank("ordinal", descending=True).over(CLE)
    return (
        manquantes.join(recues, on="siret")
        .filter(pl.col("reference") < pl.col("mois"))
        .filter(rang <= combien)
        .with_columns(pl.len().over(CLE).cast(pl.Int64).alias("nombre"))
    )


def _mean() -> pl.Expr:
    """Sum over the months of reference, divided by their number and rounded once."""
    return pl.coalesce(
        pl.when(pl.col("nombre") == nombre).then(rounded_ratio(pl.col("quantite"), nombre))
        for nombre in range(1, max(REFERENCES.values()) + 1)
    )


def _numbered(sommes: pl.DataFrame) -> pl.DataFrame:
    """Sums of the months to estimate as bases: one deposit a month, one line a code of base."""
    return as_bases(
        sommes.with_columns(
            pl.format("EST-{}-{}", "siret", "mois").alias("depot"),
            pl.lit(0, pl.Int64).alias("rang_declaration"),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(CLE).alias("ligne"),
            pl.col("mois").alias("mois_appel"),
            pl.col("mois").alias("mois_rattachement"),
            pl.lit(RETENUE).alias("statut"),
            pl.lit(ESTIMATION).alias("source"),
        )
    )


def mark_estimated(attendues: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """`attendues` with `estimee`: `bases` has estimations of that month."""
    estimees = bases.filter(pl.col("source") == ESTIMATION).select(
        "siret", mois="mois_appel", estimee=pl.lit(value=True)
    )
    return attendues.join(
        estimees.unique(), on=CLE, how="left", maintain_order="left"
    ).with_columns(pl.col("estimee").fill_null(value=False))
