"""Certificates for public contracts: which are issued, and what they are worth since.

    ATT-800000010-20260501-01   the first one issued to 800000010 on 1 May 2026

Sources: rules/cotisations section 11; features F05; options attestation_*.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.attestations.regles.situations import Regles
from specs.contrats import codes_of
from specs.periodes import Mois

EN_REGLE, EXPIREE, REVOQUEE = codes_of("attestations", "etat", "EN_REGLE", "EXPIREE", "REVOQUEE")
EMISSION, RENOUVELLEMENT, RETOUR, DEMANDE = codes_of(
    "attestations", "motif", "EMISSION", "RENOUVELLEMENT", "RETOUR", "DEMANDE"
)
PREUVE = [
    "dsn_attendues",
    "dsn_recues",
    "echu_centimes",
    "majorations_centimes",
    "solde_exigible_centimes",
]


@dataclass(frozen=True, slots=True)
class Registre:
    """What is known of the certificates before tonight.

    `publiees`: contract `attestations`; `changements`: every change of situation, tonight's too;
    `demandes`: demande, siren of the requests made by `date_arrete`; `revocations`: revocation,
    siren, attestation, date of those in force; `ouverts`: siren of the members still open.
    """

    publiees: pl.DataFrame
    changements: pl.DataFrame
    demandes: pl.DataFrame
    revocations: pl.DataFrame
    ouverts: pl.DataFrame


def compute_attestations(
    situations: pl.DataFrame, registre: Registre, regles: Regles, date_arrete: date
) -> pl.DataFrame:
    """Contract `attestations` without `part`: those issued before, as they stand, then the new."""
    anciennes = _as_they_stand(situations, registre, regles, date_arrete)
    motifs = _requested(registre)
    if regles.emission_automatique:
        sans = _automatic(situations, anciennes, registre, date_arrete)
        motifs = pl.concat([motifs, sans.join(motifs, on="siren", how="anti")])
    nouvelles = situations.filter("a_jour").join(
        motifs.rename({"motif": "cause"}), on="siren", maintain_order="left_right"
    )
    return pl.concat([anciennes, _issued(nouvelles, anciennes, regles, date_arrete)]).sort(
        "attestation"
    )


def _as_they_stand(
    situations: pl.DataFrame, registre: Registre, regles: Regles, date_arrete: date
) -> pl.DataFrame:
    """Published certificates, with what revoked them and their state at `date_arrete`."""
    cle = ["siren", "attestation"]
    decidees = (
        registre.revocations.sort("date", "revocation")
        .group_by(cle)
        .agg(pl.col("date", "revocation").first().name.prefix("decision_"))
    )
    perdue = pl.lit(regles.revocation_automatique) & (pl.col("fin_validite") >= date_arrete)
    constatee = pl.when(perdue & ~pl.col("a_jour")).then(pl.lit(date_arrete))
    nouvelle = pl.col("revoquee_le").is_null()
    return (
        registre.publiees.drop("part")
        .join(decidees, on=cle, how="left", maintain_order="left")
        .join(situations.select("siren", "a_jour"), on="siren", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("revoquee_le", "decision_date", constatee).alias("revoquee_le"),
            pl.when(nouvelle)
            .then("decision_revocation")
            .otherwise("revocation")
            .alias("revocation"),
        )
        .with_columns(_state(date_arrete).alias("etat"))
        .select(pl.exclude("part", "a_jour", "decision_date", "decision_revocation"))
    )


def _state(date_arrete: date) -> pl.Expr:
    return (
        pl.when(pl.col("revoquee_le").is_not_null())
        .then(pl.lit(REVOQUEE))
        .when(pl.col("fin_validite") < date_arrete)
        .then(pl.lit(EXPIREE))
        .otherwise(pl.lit(EN_REGLE))
    )


def _requested(registre: Registre) -> pl.DataFrame:
    """Requests that no certificate answers yet: siren, motif, demande."""
    servies = registre.publiees.select("demande").drop_nulls()
    return registre.demandes.join(servies, on="demande", how="anti").select(
        "siren", pl.lit(DEMANDE).alias("motif"), "demande"
    )


def _automatic(
    situations: pl.DataFrame, anciennes: pl.DataFrame, registre: Registre, date_arrete: date
) -> pl.DataFrame:
    """Companies that a certificate is due to without asking: siren, motif, demande (null).

    The first one, the one that follows an ended one, the one of a return in order. A revoked
    certificate is not followed by another: a request or a return in order is needed.
    """
    dernieres = anciennes.sort("date_arrete", "attestation").group_by("siren").last()
    retours = (
        registre.changements.filter(pl.col("apres") & ~pl.col("avant"))
        .group_by("siren")
        .agg(pl.col("date").max().alias("retour"))
    )
    return (
        situations.filter("a_jour", pl.col("dsn_attendues") > 0)
        .join(registre.ouverts, on="siren", how="semi")
        .select("siren")
        .join(dernieres, on="siren", how="left")
        .join(retours, on="siren", how="left")
        .select(
            "siren",
            pl.when(pl.col("attestation").is_null())
            .then(pl.lit(EMISSION))
            .when(pl.col("retour") > pl.col("date_arrete"))
            .then(pl.lit(RETOUR))
            .when((pl.col("etat") != REVOQUEE) & (pl.col("fin_validite") <= date_arrete))
            .then(pl.lit(RENOUVELLEMENT))
            .alias("motif"),
            pl.lit(None, pl.Int64).alias("demande"),
        )
        .drop_nulls("motif")
    )


def _issued(
    nouvelles: pl.DataFrame, anciennes: pl.DataFrame, regles: Regles, date_arrete: date
) -> pl.DataFrame:
    """New certificates, numbered after those of the day, in the order of the requests."""
    du_jour = anciennes.filter(pl.col("date_arrete") == date_arrete)
    deja = du_jour.group_by("siren").agg(pl.len().cast(pl.Int64).alias("deja"))
    rang = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("siren") + pl.col("deja").fill_null(0)
    numero = pl.format(
        f"ATT-{{}}-{date_arrete:%Y%m%d}-{{}}", "siren", rang.cast(pl.String).str.zfill(2)
    )
    return (
        nouvelles.sort("siren", "demande", nulls_last=True)
        .join(deja, on="siren", how="left", maintain_order="left")
        .select(
            numero.alias("attestation"),
            "siren",
            "adherent",
            pl.lit(date_arrete).alias("date_arrete"),
            pl.lit(add_months(date_arrete, regles.validite_mois)).alias("fin_validite"),
            pl.lit(EN_REGLE).alias("etat"),
            pl.col("cause").alias("motif"),
            *PREUVE,
            "demande",
            pl.lit(None, pl.Date).alias("revoquee_le"),
            pl.lit(None, pl.Int64).alias("revocation"),
        )
    )


def add_months(jour: date, nombre: int) -> date:
    """The same day `nombre` months later, or the last one of a shorter month."""
    mois = Mois.from_date(jour).shift(nombre)
    return mois.first_day.replace(day=min(jour.day, mois.last_day.day))
