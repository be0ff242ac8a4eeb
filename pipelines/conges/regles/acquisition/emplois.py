"""Unbroken employments: contracts and certificates that follow one another at one centre.

Source: L-55, L-65.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import exercice_of
from pipelines.conges.regles.acquisition.certs import LIGNE, Certs
from pipelines.conges.regles.acquisition.contrats import CONTRAT, LIGNES
from specs.conges import JAMAIS, read_codes

CENTRE = ["salarie", "siren", "cdg"]
EMPLOI = [*CENTRE, "emploi"]
ANNEE = [*EMPLOI, "exercice"]


def compute_emplois(lignes: pl.DataFrame, certs: Certs) -> pl.DataFrame:
    """Months told of each employment: LIGNES, and `numero`, `emploi`, `exercice`, `termine`.

    `emploi` is the first day of the unbroken employment, `termine` its last one (null while it is
    open), `certifie_fin` whether that end closes a certificate. `numero` numbers the rows.
    `lignes`: of `compute_lignes`, without those that certificates replace.
    """
    toutes = pl.concat([lignes, lines_of_certs(certs)])
    suites = _runs(_spans(lignes, certs))
    return (
        toutes.drop("certifie_fin")
        .join(suites, on=[*CENTRE, "contrat"], maintain_order="left")
        .with_columns(exercice=exercice_of(pl.col("mois")))
        .sort(*CENTRE, "mois", "contrat")
        .with_row_index("numero")
    )


def lines_of_certs(certs: Certs) -> pl.DataFrame:
    """LIGNES of the months that certificates tell; `source` is their unit."""
    dits = certs.certs.select(
        *LIGNE,
        fin=pl.when(pl.col("reason_end").is_not_null()).then("to"),
        debut="from",
        categorie="category",
        source="unit",
        horaire_centiemes="schedule",
        plein=pl.col("schedule") >= read_codes().horaire_plein_centiemes,
    )
    return (
        certs.mois.join(dits, on=LIGNE, maintain_order="left")
        .with_columns(
            contrat=name_of_cert(),
            certifie_fin=pl.col("fin").is_not_null(),
            hors_tp=pl.lit(value=False),
            **{n: pl.lit(None, t) for n, t in LIGNES.items() if n.startswith("anciennete")},
        )
        .select(LIGNES.names())
        .match_to_schema(LIGNES, integer_cast="upcast")
    )


def name_of_cert() -> pl.Expr:
    """What stands for the number of the contract in the rows of a certificate."""
    return pl.format("{} {}", "depot", "rang")


def _spans(lignes: pl.DataFrame, certs: Certs) -> pl.DataFrame:
    """CENTRE, contrat, de, a, certifie_fin: each contract at each centre, from end to end."""
    lieux = lignes.group_by(*CENTRE, "contrat").agg(
        pl.col("debut").min(),
        pl.col("fin").max(),
        pl.col("certifie_fin").any(),
        premier=pl.col("mois").min(),
        dernier=pl.col("mois").max(),
    )
    dabord = pl.col("premier") == pl.col("premier").min().over(CONTRAT)
    enfin = pl.col("dernier") == pl.col("dernier").max().over(CONTRAT)
    contrats = lieux.select(
        *CENTRE,
        "contrat",
        de=pl.when(dabord).then("debut").otherwise("premier"),
        a=pl.when(enfin).then("fin").otherwise(pl.col("dernier").dt.month_end()),
        ouvert=enfin & pl.col("fin").is_null(),
        certifie_fin=enfin & pl.col("certifie_fin"),
    )
    dits = certs.certs.select(
        *CENTRE,
        contrat=name_of_cert(),
        de="from",
        a="to",
        ouvert=pl.col("reason_end").is_null(),
        certifie_fin=pl.col("reason_end").is_not_null(),
    )
    # One that says « still employed » says no more once something else goes further.
    horizon = pl.when("declare", "ouvert").then(pl.lit(JAMAIS)).otherwise("a").max().over(CENTRE)
    return (
        pl.concat(
            [
                contrats.with_columns(declare=pl.lit(value=True)),
                dits.with_columns(declare=pl.lit(value=False)),
            ]
        )
        .with_columns(ouvert=pl.col("ouvert") & (pl.col("declare") | (horizon <= pl.col("a"))))
        .drop("declare")
    )


def _runs(spans: pl.DataFrame) -> pl.DataFrame:
    """CENTRE, contrat, emploi, termine, certifie_fin: spans that touch are one employment."""
    fin = pl.when("ouvert").then(pl.lit(JAMAIS)).otherwise("a")
    avant = pl.col("a").cum_max().shift().over(CENTRE)
    rompu = (pl.col("de") > avant + pl.duration(days=1)).fill_null(value=False)
    numerotes = (
        spans.with_columns(a=fin)
        .sort(*CENTRE, "de", "a", "contrat")
        .with_columns(suite=rompu.cum_sum().over(CENTRE))
    )
    suite = [*CENTRE, "suite"]
    derniere = pl.col("a").max().over(suite)
    certifie = (pl.col("certifie_fin") & (pl.col("a") == derniere)).any().over(suite)
    return numerotes.select(
        *CENTRE,
        "contrat",
        emploi=pl.col("de").min().over(suite),
        termine=pl.when(derniere < JAMAIS).then(derniere),
        certifie_fin=certifie,
    )
