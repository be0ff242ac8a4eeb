"""The months of employment of a leave year, and those whose contributions are paid.

Source: Code du travail, D3141-31; choices L-20, L-55, L-63, L-76.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of

(ECHUE,) = codes_of("creances", "etat", "ECHUE")
CONGES_PAYES = "CP"
CENTRE = ["siren", "cdg", "mois"]


def compute_mois_payes(
    certificats: pl.DataFrame, lignes_appel: pl.DataFrame, creances: pl.DataFrame
) -> pl.DataFrame:
    """salarie, exercice, siren, cdg, mois, paye: what `compute_parts` reads.

    `certificats`: contract of that name; those in force tell the months, but for those that nothing
    covers. `lignes_appel`: siren, appel, cdg, mois_rattachement, cotisation; `creances`: appel,
    etat, reste_centimes. A month is paid once no call of its centre, whatever its rank, is due and
    past for it; one that was never called is.
    """
    dus = creances.filter(pl.col("etat") == ECHUE, pl.col("reste_centimes") > 0).select("appel")
    impayes = (
        lignes_appel.filter(pl.col("cotisation") == CONGES_PAYES)
        .join(dus, on="appel", how="semi")
        .select("siren", "cdg", mois="mois_rattachement", paye=pl.lit(value=False))
        .unique()
    )
    return (
        list_months(certificats)
        .join(impayes, on=CENTRE, how="left", nulls_equal=True)
        .with_columns(pl.col("paye").fill_null(value=True))
        .sort("salarie", "exercice", *CENTRE)
    )


def list_months(certificats: pl.DataFrame) -> pl.DataFrame:
    """salarie, exercice, siren, cdg, mois: civil months of employment told, even begun."""
    manquants = pl.col("mois_manquants").fill_null("").str.split(" ")
    return (
        certificats.filter("en_vigueur")
        .with_columns(
            premier=pl.date_ranges(pl.col("debut").dt.month_start(), "fin", "1mo"), manque=manquants
        )
        .explode("premier", empty_as_null=True)
        .with_columns(mois=pl.col("premier").dt.strftime("%Y-%m"))
        .filter(~pl.col("mois").is_in(pl.col("manque")))
        .select("salarie", "exercice", *CENTRE)
        .unique()
    )
