"""What the fund paid for days of splitting: the companies that employ meanwhile are invoiced it.

Source: Code du travail, L3141-23; cotisations.md, section 7; choices L-20, L-36.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.defaillance import paid_part
from pipelines.conges.regles.paiement.dus import FRACTIONNEMENT, PRISE
from pipelines.conges.regles.paiement.valeurs import month_of
from specs.contrats import codes_of, computed_schema

(ANNULATION,) = codes_of("decomptes", "motif", "ANNULATION")
EMPLOI = ["salarie", "siren"]
FRACTIONNEMENTS = pl.Schema(
    {"siren": pl.String, "demande": pl.String, "exercice": pl.Int64, "tour": pl.Int64}
    | {"salarie": pl.String, "facture": pl.String, "debut": pl.Date, "montant_centimes": pl.Int64}
)


def compute_fractionnements(
    dus: pl.DataFrame, prises: pl.DataFrame, decomptes: pl.DataFrame
) -> pl.DataFrame:
    """FRACTIONNEMENTS: of each paid taking, its first splitting day and the gross paid for them.

    Its invoice is named after its first statement; nothing is left of a taking that was mirrored.
    Days that are compensated are taken at no company: they have no row. `dus`: of `compute_dus`;
    `prises`, `decomptes`: contracts.
    """
    jours = (
        prises.filter(pl.col("origine") == FRACTIONNEMENT, pl.col("sens") > 0)
        .group_by(*PRISE, "salarie")
        .agg(pl.col("debut").min())
        .drop_nulls("debut")
    )
    annules = decomptes.select(decompte="annule").drop_nulls()
    verses = (
        decomptes.filter(pl.col("motif") != ANNULATION)
        .with_columns(tient=~pl.col("decompte").is_in(annules["decompte"].implode()))
        .sort("mois_payes", "mois_emploi")
        .group_by(PRISE)
        .agg(
            pl.col("tient").any(),
            pl.col("mois_payes", "mois_emploi").last(),
            facture=pl.col("decompte").sort_by("date_arrete", "decompte").first(),
        )
    )
    du = dus.filter(pl.col("sens") > 0).select(*PRISE, "fractionnement_du_centimes")
    paye = paid_part(
        pl.col("fractionnement_du_centimes"), pl.col("mois_payes"), pl.col("mois_emploi")
    )
    return (
        jours.join(verses, on=PRISE)
        .join(du, on=PRISE)
        .with_columns(montant_centimes=pl.when("tient").then(paye).otherwise(0))
        .select(FRACTIONNEMENTS.names())
        .sort(PRISE)
    )


def list_factures(
    fractionnements: pl.DataFrame, publiees: pl.DataFrame, lieux: pl.DataFrame, nuit: date
) -> pl.DataFrame:
    """Contract `factures_fractionnement` but part: those published, then what is not invoiced yet.

    On the call of the month of the night, or of the days when they come later. `lieux`: salarie,
    siren, siret, cdg, mois, of the contracts that are told; the one of the days counts, else the
    last one before. What has none waits.
    """
    deja = publiees.group_by("facture").agg(
        verse=pl.col("montant_centimes").sum(), rangs=pl.col("rang").max()
    )
    nouvelles = (
        fractionnements.with_columns(mois_rattachement=month_of(pl.col("debut")))
        .join(deja, on="facture", how="left")
        .with_columns(
            montant_centimes=pl.col("montant_centimes") - pl.col("verse").fill_null(0),
            rang=pl.col("rangs").fill_null(0) + 1,
            mois_appel=pl.max_horizontal("mois_rattachement", pl.lit(f"{nuit:%Y-%m}")),
        )
        .filter(pl.col("montant_centimes") != 0)
        .join(lieux.drop_nulls(["siret", "cdg"]), on=EMPLOI)
        .filter(pl.col("mois") <= pl.col("mois_rattachement"))
        .sort("facture", "mois", "siret", "cdg")
        .unique("facture", keep="last", maintain_order=True)
    )
    schema = computed_schema("factures_fractionnement")
    toutes = pl.concat([publiees.select(schema.names()), nouvelles.select(schema.names())])
    return toutes.match_to_schema(schema).sort("facture", "rang")
