"""Which management centre an establishment that the registry does not know is likely to be of.

The DSN names none: what is known is the company. Its only centre, or else the one that most of its
establishments are of, then the one of the establishment that was opened next to it (the nearest
NIC, the last five digits of a SIRET). An officer decides.
"""

from __future__ import annotations

import polars as pl

CLE = "siret"
NIC = pl.col(CLE).str.tail(5).cast(pl.Int64)
SCHEMA_SUGGESTIONS = pl.Schema(
    {
        CLE: pl.String,
        "cdg": pl.String,
        "libelle": pl.String,
        "centres": pl.Int64,
        "etablissements": pl.Int64,
        "voisin": pl.String,
    }
)


def compute_suggestions(
    inconnus: pl.DataFrame, centres: pl.DataFrame, etablissements: pl.DataFrame
) -> pl.DataFrame:
    """The centres of the company of each establishment, the likeliest first (SCHEMA_SUGGESTIONS).

    `inconnus`: siren, siret; `centres`, `etablissements`: contracts `centres_gestion` and
    `etablissements`. `centres`: how many the company has; `etablissements`: how many of its
    establishments are of this one; `voisin`: the SIRET of that of them whose NIC is the nearest,
    null when there is none.
    """
    tous = inconnus.select("siren", CLE).join(
        centres.select("siren", "cdg", "libelle"), on="siren", how="inner"
    )
    du_centre = etablissements.select("cdg", voisin=CLE, nic=NIC)
    proches = (
        tous.select(CLE, "cdg", ici=NIC)
        .join(du_centre, on="cdg")
        .with_columns(ecart=(pl.col("nic") - pl.col("ici")).abs())
        .sort(CLE, "cdg", "ecart", "voisin")
        .group_by(CLE, "cdg", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("etablissements"), pl.first("voisin", "ecart"))
    )
    return (
        tous.with_columns(pl.len().over(CLE).cast(pl.Int64).alias("centres"))
        .join(proches, on=[CLE, "cdg"], how="left")
        .with_columns(pl.col("etablissements").fill_null(0))
        .sort(CLE, pl.col("etablissements").neg(), "ecart", "cdg", nulls_last=True)
        .match_to_schema(SCHEMA_SUGGESTIONS, extra_columns="ignore")
    )
