"""What the report of a request shows: what its line declares beside what the fund computes.

Days are told once the request is judged; amounts, once its statements are made. Source: exchange.md
6.2 (M3); choices L-34, L-72.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.echanges.regles.lignes import SCHEMA_VALEURS
from specs.contrats import codes_of

JOURS, CENTIMES = codes_of("valeurs_echange", "unite", "CJ", "CT")
MONTANTS = {
    "INDEMNITE": "indemnite_centimes", "PRIME": "prime_centimes", "NET": "net_centimes",
}  # fmt: skip
LIGNE = ["depot", "rang"]
NON_DIT = pl.lit(None, pl.Int64)


def compute_valeurs(
    lignes: pl.DataFrame, demandes: pl.DataFrame, decomptes: pl.DataFrame, publiees: pl.DataFrame
) -> pl.DataFrame:
    """SCHEMA_VALEURS of the lines in force, sorted by line then name; key: depot, rang, nom.

    `lignes`: depot, rang (key), days, as declared; `demandes`, `decomptes`: contracts
    `demandes_conges` and `decomptes`, of tonight; `publiees`: the former, as last published: what a
    request was before the line that is now in force.
    """
    jugees = demandes.select("siren", "demande", *LIGNE, "jours_centiemes").join(
        lignes.select(*LIGNE, declare="days"), on=LIGNE
    )
    avant = publiees.select(*DEMANDE, present="jours_centiemes", ancien="depot")
    jours = jugees.join(avant, on=DEMANDE, how="left").select(
        "siren",
        *LIGNE,
        "declare",
        nom=pl.lit("JOURS"),
        unite=pl.lit(JOURS),
        calcule="jours_centiemes",
        present=pl.when(pl.col("ancien") != pl.col("depot")).then("present"),
        trace="demande",
    )
    sommes = decomptes.group_by(DEMANDE).agg(
        *(pl.col(colonne).sum().alias(nom) for nom, colonne in MONTANTS.items()),
        trace=pl.col("decompte").min(),
    )
    payees = jugees.select("siren", "demande", *LIGNE).join(sommes, on=DEMANDE)
    montants = payees.unpivot(
        list(MONTANTS), index=["siren", *LIGNE, "trace"], variable_name="nom", value_name="calcule"
    ).with_columns(unite=pl.lit(CENTIMES), declare=NON_DIT, present=NON_DIT)
    dites = [frame.select(SCHEMA_VALEURS.names()) for frame in (jours, montants)]
    return pl.concat(dites).sort(*LIGNE, "nom")
