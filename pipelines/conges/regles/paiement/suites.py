"""The state of each request, and what is said of those that are accepted.

Source: section 6; choices L-43, L-52, L-63, L-72.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.controles import tell
from pipelines.conges.regles.paiement.decomptes import PAIEMENT
from pipelines.conges.regles.paiement.demandes import (
    ACCEPTEE,
    ANNULEE,
    EN_ATTENTE,
    PAYEE,
    PLACE,
    REFUSEE,
    SOLDEE,
)
from pipelines.conges.regles.paiement.dus import PRISE
from pipelines.conges.regles.paiement.jours import DEMANDE, last_day
from pipelines.conges.regles.paiement.methodes import EXERCICE
from pipelines.echanges.regles.lignes import BLOQUANTE, EN_SUSPENS, RESERVEE

SALAIRE = "D105"


def tell_reserves(
    prises: pl.DataFrame,
    decomptes: pl.DataFrame,
    parts: pl.DataFrame,
    comptes: pl.DataFrame,
    heritiers: pl.DataFrame,
    nuit: date,
) -> pl.DataFrame:
    """D112 and D113 of the takings not paid yet: right recorded, and what it will wait for."""
    payees = decomptes.filter(pl.col("motif") == PAIEMENT)
    attendues = (
        prises.filter(pl.col("sens") > 0)
        .join(payees, on=PRISE, how="anti")
        .select(*DEMANDE, *EXERCICE)
        .unique()
    )
    valables = comptes.filter(pl.col("fin").is_null() | (pl.col("fin") > nuit))
    retard = attendues.join(
        parts.filter(pl.col("mois_payes") < pl.col("mois_emploi")), on=EXERCICE, how="semi"
    )
    sans = attendues.join(valables, on="salarie", how="anti").join(
        heritiers, on=DEMANDE, how="anti"
    )
    return pl.concat([tell(sans, "D112", RESERVEE), tell(retard, "D113", RESERVEE)]).unique()


def tell_again(demandes: pl.DataFrame, publiees: pl.DataFrame) -> pl.DataFrame:
    """What was said of requests when they were judged: it stands as long as their line does."""
    dits = (
        publiees.join(demandes.select(*DEMANDE, *PLACE), on=[*DEMANDE, *PLACE], how="semi")
        .filter(pl.col("motif").is_not_null())
        .with_columns(code=pl.col("motif").str.split(" "))
        .explode("code", empty_as_null=True)
    )
    refusees = dits.filter(pl.col("etat") == REFUSEE, pl.col("code") != SALAIRE)
    codes = refusees.select("code").unique().to_series().sort()
    return pl.concat(
        [
            tell(dits.filter(pl.col("code") == SALAIRE), SALAIRE, RESERVEE, "hors_bornes"),
            *(tell(refusees.filter(pl.col("code") == code), code) for code in codes),
        ]
    )


def compute_etats(
    demandes: pl.DataFrame,
    publiees: pl.DataFrame,
    prises: pl.DataFrame,
    decomptes: pl.DataFrame,
    motifs: pl.DataFrame,
    comptes: pl.DataFrame,
    regles: pl.DataFrame,
    retirees: pl.DataFrame,
) -> pl.DataFrame:
    """Contract `demandes_conges` but part: those in force, and those that are no more.

    These were published, or are cancelled tonight (`retirees`, LUES).
    """
    suites = (
        demandes.join(_paid(prises, decomptes, regles), on=DEMANDE, how="left")
        .join(_worst(motifs), on=DEMANDE, how="left")
        .join(comptes.rename({"jours_centiemes": "comptes"}), on=DEMANDE, how="left")
        .join(publiees.select(*DEMANDE, *PLACE, deja="jours_centiemes"), on=[*DEMANDE, *PLACE],
              how="left")
    )  # fmt: skip
    etat = (
        pl.when(pl.col("pire") == BLOQUANTE)
        .then(pl.lit(REFUSEE))
        .when(pl.col("pire") == EN_SUSPENS)
        .then(pl.lit(EN_ATTENTE))
        .when(~pl.col("toutes_payees").fill_null(value=False))
        .then(pl.lit(ACCEPTEE))
        .when("soldee")
        .then(pl.lit(SOLDEE))
        .otherwise(pl.lit(PAYEE))
    )
    seul = pl.when(pl.col("exercices") == 1).then("exercice_pris").otherwise("exercice")
    en_vigueur = suites.with_columns(
        motif="codes",
        etat=etat,
        exercice=seul,
        jours_centiemes=pl.coalesce("comptes", "deja", "jours_demandes").fill_null(0),
    ).select(publiees.columns)
    rendues = retirees.with_columns(
        fin=last_day(pl.col("reprise")),
        jours_centiemes="jours_demandes",
        motif=pl.lit(None, pl.String),
    )
    dites = pl.concat([en_vigueur.select(DEMANDE), rendues.select(DEMANDE)])
    finies = pl.concat(
        [
            publiees.join(dites, on=DEMANDE, how="anti").drop("etat"),
            rendues.select(*(nom for nom in publiees.columns if nom != "etat")),
        ]
    ).with_columns(etat=pl.lit(ANNULEE))
    return pl.concat([en_vigueur, finies.select(publiees.columns)]).sort(DEMANDE)


def _paid(prises: pl.DataFrame, decomptes: pl.DataFrame, regles: pl.DataFrame) -> pl.DataFrame:
    """Of each request that took days: whether all are paid, whether nothing is left to settle."""
    faits = decomptes.filter(pl.col("motif") == PAIEMENT).select(PRISE).with_columns(paye=True)
    unites = (
        prises.filter(pl.col("sens") > 0)
        .select(PRISE)
        .unique()
        .join(faits, on=PRISE, how="left")
        .group_by(DEMANDE)
        .agg(
            toutes_payees=pl.col("paye").fill_null(value=False).all(),
            exercices=pl.col("exercice").n_unique(),
            exercice_pris=pl.col("exercice").first(),
        )
    )
    rendu = regles.select("decompte").unique().with_columns(rendu=True)
    soldes = (
        decomptes.sort("date_arrete")
        .join(rendu, on="decompte", how="left", maintain_order="left")
        .with_columns(
            regle=(pl.col("net_centimes") <= 0) | pl.col("rendu").fill_null(value=False),
            entier=pl.col("mois_payes").max().over(PRISE)
            >= pl.col("mois_emploi").max().over(PRISE),
        )
        .group_by(DEMANDE)
        .agg(soldee=pl.col("regle").all() & pl.col("entier").all())
    )
    return unites.join(soldes, on=DEMANDE, how="left")


def _worst(motifs: pl.DataFrame) -> pl.DataFrame:
    """The gravest of what is said of each request, and its codes."""
    gravites = {BLOQUANTE: 0, EN_SUSPENS: 1, RESERVEE: 2}
    rang = pl.col("severite").replace_strict(gravites, return_dtype=pl.Int64)
    return (
        motifs.with_columns(rang=rang)
        .sort("rang")
        .group_by(DEMANDE, maintain_order=True)
        .agg(
            pire=pl.col("severite").first(),
            codes=pl.col("code").unique().sort().str.join(" "),
        )
    )
