"""Establishments that declare and that the registry does not know, with the line to import.

The DSN has no management centre, only a SIRET: a declaration whose SIRET is not in the registry
waits until it is.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import columns_of


def compute_orphelins(
    declarations: pl.DataFrame,
    adherents: pl.DataFrame,
    centres: pl.DataFrame,
    etablissements: pl.DataFrame,
) -> pl.DataFrame:
    """Lines of establishments to import, as far as they can be guessed; key and order: siret.

    Args:
        declarations: contract `declarations`; those without a `cdg` count.
        adherents: contract `adherents`, as the registry is today.
        centres: contract `centres_gestion`.
        etablissements: contract `etablissements`.

    Returns:
        Columns of the contract `etablissements`. `debut` is the first day declared; the member is
        null when its SIREN is unknown, `cdg` when the company has not one centre only.
    """
    seuls = (
        centres.group_by("siren")
        .agg(pl.col("cdg").first(), pl.len().alias("nombre"))
        .filter(nombre=1)
        .select("siren", "cdg")
    )
    jour = pl.col("mois_appel").min().str.to_date("%Y-%m")
    return (
        declarations.filter(pl.col("cdg").is_null(), pl.col("mois_appel").is_not_null())
        .join(etablissements, on="siret", how="anti")
        .group_by("siren", "siret")
        .agg(jour.alias("debut"), pl.lit(None, pl.Date).alias("fin"))
        .join(adherents.select("siren", "numero_adherent", "raison_sociale"), "siren", how="left")
        .join(seuls, on="siren", how="left")
        .select(columns_of("etablissements"))
        .sort("siret")
    )
