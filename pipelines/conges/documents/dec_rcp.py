"""Statements of payment as exchange records: DEC (60, 61) and RCP (50), fields in lower case.

Source: exchange.md 6.1 to 6.3; conges.md, 6.2 and 9; choice L-72.
"""

from __future__ import annotations

import polars as pl

from parsers.echanges.ecriture import fit_text
from parsers.echanges.zones import RANG
from pipelines.conges.documents.phrases import RETENUES
from specs.contrats import codes_of
from specs.montants import rounded_quotient

PAIEMENT, REGULARISATION, ANNULATION = codes_of(
    "decomptes", "motif", "PAIEMENT", "REGULARISATION", "ANNULATION"
)
MOTIFS = {PAIEMENT: "PA", REGULARISATION: "RE", ANNULATION: "AN"}
COTISATIONS = codes_of(
    "lignes_decompte", "code", "VPLA", "VDEP", "RCT1", "RCT2", "CEG1", "CEG2", "CET", "PREV"
)
PERSONNE = ["nir", "nir_key", "matricule", "surname", "first_name", "birth"]
MATRICULE = 15  # characters of the field
LIGNES_AU_PLUS = 100  # records of a statement, itself included
MONTANTS = {
    "indemnity": "indemnite_centimes", "premium": "prime_centimes", "gross": "brut_centimes",
    "taxable": "net_imposable_centimes", "pas": "pas_centimes", "net": "net_centimes",
}  # fmt: skip


def compute_dec(
    decomptes: pl.DataFrame, lignes: pl.DataFrame, droits: pl.DataFrame, personnes: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Records `60` and `61` of the statements of one company, each with its RANG in the file.

    `decomptes`, `lignes` (`lignes_decompte`), `droits`: contracts; `personnes`: see
    `read_personnes`; the number of the employee is that of the statement.
    Both daily amounts are those of the rights, rounded for reading; days are without sign.
    """
    methodes = droits.select(
        "salarie",
        "exercice",
        daily_btp=_daily("indemnite_btp_centimes"),
        daily_tenth=_daily("indemnite_dixieme_centimes"),
    )
    tetes = (
        _told(decomptes, personnes)
        .join(methodes, on=["salarie", "exercice"], how="left", maintain_order="left")
        .select(
            RANG, *PERSONNE, "exercice", "daily_btp", "daily_tenth", dec_id="decompte",
            req_id="demande", days=pl.col("jours_centiemes").abs(), method="methode",
            days_left=pl.max_horizontal("reste_centiemes", 0), pay_date="date_paiement",
            trace_id="decompte", **{"from": "debut", "to": "fin"}, **MONTANTS,
        )
        .with_columns(pl.col("daily_btp", "daily_tenth").fill_null(0))
    )  # fmt: skip
    places = tetes.select(decompte="dec_id", place=RANG)
    retenues = lignes.join(places, on="decompte").select(
        (pl.col("place") + pl.col("rang")).alias(RANG),
        dec_id="decompte", line="code", base="assiette_centimes", rate_ppm="taux_ppm",
        amount="montant_centimes", label=pl.col("code").replace_strict(RETENUES),
    )  # fmt: skip
    return {"60": tetes, "61": retenues.sort(RANG)}


def compute_rcp(
    decomptes: pl.DataFrame, lignes: pl.DataFrame, personnes: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Records `50` of statements, with their RANG. See `compute_dec`."""
    cotisations = (
        lignes.filter(pl.col("code").is_in(COTISATIONS))
        .group_by("decompte")
        .agg(social=pl.col("montant_centimes").sum())
    )
    regularisations = (
        _told(decomptes, personnes)
        .join(cotisations, on="decompte", how="left", maintain_order="left")
        .select(
            RANG, *PERSONNE, "exercice", "nature", pl.col("social").fill_null(0),
            pay_date="date_paiement", leave_from="debut", leave_to="fin",
            days=pl.col("jours_centiemes").abs(), base_capped="assiette_plafonnee_centimes",
            csg_crds=pl.col("csg_centimes") + pl.col("crds_centimes"), mode_rp="mode_retraite",
            motive=pl.col("motif").replace_strict(MOTIFS), origin_id="decompte", **MONTANTS,
        )
    )  # fmt: skip
    return {"50": regularisations}


def _told(decomptes: pl.DataFrame, personnes: pl.DataFrame) -> pl.DataFrame:
    """The statements in the order of their payment, with who they are about and their RANG."""
    return (
        decomptes.join(personnes, on=["siren", "salarie"], how="left")
        .sort("date_paiement", "decompte")
        .with_columns(
            (pl.int_range(pl.len(), dtype=pl.Int64) * LIGNES_AU_PLUS).alias(RANG),
            matricule=fit_text(pl.col("matricule"), MATRICULE),
        )
    )


def _daily(montant: str) -> pl.Expr:
    jours = pl.max_horizontal("jours_legaux", 1)
    return rounded_quotient(pl.col(montant).cast(pl.Int128), jours)
