"""The last employer of a leave year: he gives the category, the schedule, the seniority, R.

Source: L-56, L-57.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import period_end
from pipelines.conges.regles.acquisition.certs import Certs
from pipelines.conges.regles.acquisition.contrats import DSN
from pipelines.conges.regles.acquisition.temps import share

EMPLOYE = ["salarie", "exercice"]
EMPLOYEUR = ["salarie", "siren", "exercice"]
DITS = (
    "cdg", "emploi", "categorie", "horaire_centiemes", "plein", "hors_tp", "mois", "source",
    "anciennete_entreprise", "anciennete_entreprise_unite", "anciennete_branche",
    "anciennete_branche_unite",
)  # fmt: skip


def compute_derniers(emplois: pl.DataFrame, bruts: pl.DataFrame, certs: Certs) -> pl.DataFrame:
    """EMPLOYE (key), siren, DITS of his last row, `present` on 31 March, `au_service` (last day).

    `bruts`: of `compute_bruts`. The employer whose contract covers the latest day; several: the
    highest base, certificates too, then the lowest SIREN. Of several contracts, the one that goes
    the furthest and began last.
    """
    fin = period_end(pl.col("exercice"))
    dite = pl.when(pl.col("source") == DSN).then("fin").otherwise("termine")
    jour = pl.min_horizontal(dite.fill_null(fin), fin)
    dits = certs.certs.select(*EMPLOYEUR, brut_centimes=share(pl.col("gross")))
    sommes = (
        pl.concat([bruts.select(*EMPLOYEUR, "brut_centimes"), dits])
        .group_by(EMPLOYEUR)
        .agg(pl.col("brut_centimes").sum())
    )
    employeurs = (
        emplois.with_columns(au_service=jour)
        .sort("salarie", "siren", "exercice", "au_service", "mois", "debut", "contrat", "cdg")
        .unique(EMPLOYEUR, keep="last", maintain_order=True)
        .join(sommes, on=EMPLOYEUR, how="left")
        .with_columns(pl.col("brut_centimes").fill_null(0))
    )
    return (
        employeurs.sort(
            *EMPLOYE, "au_service", "brut_centimes", "siren",
            descending=[False, False, False, False, True],
        )
        .unique(EMPLOYE, keep="last", maintain_order=True)
        .select(*EMPLOYE, "siren", *DITS, "au_service", present=pl.col("au_service") == fin)
    )  # fmt: skip
