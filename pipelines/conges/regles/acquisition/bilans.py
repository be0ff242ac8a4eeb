"""Certificates of tonight with all they say: time, hours, wages, the leave paid before.

Source: rules of leave, 7 (one computation for the company that looks and for the right).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.conges.regles.acquisition.certs import EN_HEURES, EN_MOIS, Certs
from pipelines.conges.regles.acquisition.contrats import DSN
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.emplois import ANNEE, CENTRE, name_of_cert
from pipelines.conges.regles.acquisition.temps import compute_temps, share

EMPLOYEUR = ["salarie", "siren", "exercice"]
HEURES = ("heures_centiemes", "heures_activite_partielle_centiemes")
INTEMPERIES = ("heures_intemperies_centiemes", "indemnite_intemperies_centimes")
PRECEDENTS = {
    "jours_legaux_centiemes": "jours_precedents_centiemes",
    "indemnite_centimes": "indemnite_precedente_centimes",
}
TEMPS = {
    "travail": "mois_travail_fractions",
    "maladie": "mois_maladie_fractions",
    "assimiles": "mois_assimiles_fractions",
    "presence": "mois_presence_fractions",
    "conge": "conge_fractions",
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What the certificates of tonight are made of.

    `emplois`: of `compute_emplois`; `apports`: rows of time; `heures`, `bruts`, `r`: of the pays;
    `certs`: those in force; `intemperies`: EMPLOYEUR, INTEMPERIES; `precedents`: leave paid;
    `derniers`: last employers.
    """

    emplois: pl.DataFrame
    apports: pl.DataFrame
    heures: pl.DataFrame
    bruts: pl.DataFrame
    r: pl.DataFrame
    certs: Certs
    intemperies: pl.DataFrame
    precedents: pl.DataFrame
    derniers: pl.DataFrame


def compute_intemperies(connues: pl.DataFrame) -> pl.DataFrame:
    """EMPLOYEUR, INTEMPERIES: hours indemnified and indemnities that the regime computed."""
    return (
        connues.with_columns(exercice=pl.col("campagne").str.head(4).cast(pl.Int64) + 1)
        .group_by(EMPLOYEUR)
        .agg(
            heures_intemperies_centiemes=pl.col("indemnisees_centiemes").sum(),
            indemnite_intemperies_centimes=pl.col("indemnite_calculee_centimes").sum(),
        )
    )


def compute_bilans(periodes: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """`periodes` (ANNEE) with the values of `certificats`, and those that only the rights add up.

    The leave paid before is told by the certificate of the last employer, once.
    """
    precedents = sources.precedents.rename(PRECEDENTS).join(
        sources.derniers.select(*EMPLOYE, *CENTRE[1:], "emploi"), on=EMPLOYE
    )
    sommes = (
        sources.heures.group_by(ANNEE).agg(pl.col(HEURES).sum()),
        sources.bruts,
        _certified(sources),
        _of_latest(sources.intemperies, periodes),
        precedents,
    )
    additionnees = [*HEURES, *INTEMPERIES, "brut_centimes", *PRECEDENTS.values()]
    totaux = pl.concat(sommes, how="diagonal").group_by(ANNEE).agg(pl.col(additionnees).sum())
    return (
        periodes.join(compute_temps(sources.apports, ANNEE), on=ANNEE, maintain_order="left")
        .rename(TEMPS)
        .join(totaux, on=ANNEE, how="left", maintain_order="left")
        .join(_last_rows(sources.emplois), on=ANNEE, how="left", maintain_order="left")
        .join(sources.r, on=EMPLOYEUR, how="left", maintain_order="left")
        .with_columns(pl.col(additionnees).fill_null(0))
    )


def _certified(sources: Sources) -> pl.DataFrame:
    """ANNEE, HEURES, hours of bad weather and gross wages of the certificates in force.

    Bad weather that the regime knows of the employer is not counted a second time.
    """
    places = sources.emplois.filter(pl.col("source") != DSN).select(*ANNEE, "contrat").unique()
    connues = sources.intemperies.select(*EMPLOYEUR, connu=pl.lit(value=True))
    return (
        sources.certs.certs.with_columns(contrat=name_of_cert())
        .join(places, on=[*CENTRE, "contrat", "exercice"])
        .join(connues, on=EMPLOYEUR, how="left")
        .select(
            *ANNEE,
            heures_centiemes=share(pl.col("hours")),
            heures_activite_partielle_centiemes=share(pl.col("hours_ap")),
            heures_intemperies_centiemes=pl.when(pl.col("connu").is_null())
            .then(share(pl.col("hours_int")))
            .otherwise(0),
            brut_centimes=share(pl.col("gross")),
        )
    )


def _of_latest(employeurs: pl.DataFrame, periodes: pl.DataFrame) -> pl.DataFrame:
    """What is known of an employer, on the last of the certificates of the year."""
    derniers = (
        periodes.select(*ANNEE, "fin")
        .sort("fin", *ANNEE)
        .unique(EMPLOYEUR, keep="last", maintain_order=True)
    )
    return employeurs.join(derniers.drop("fin"), on=EMPLOYEUR)


def _last_rows(emplois: pl.DataFrame) -> pl.DataFrame:
    """ANNEE, categorie, horaire_centiemes, unite: what the last month told says."""
    en_heures = pl.col("source") == EN_HEURES
    return (
        emplois.sort(*ANNEE, "mois", "au", "contrat")
        .unique(ANNEE, keep="last", maintain_order=True)
        .select(
            *ANNEE,
            "categorie",
            "horaire_centiemes",
            unite=pl.when(en_heures).then("source").otherwise(pl.lit(EN_MOIS)),
        )
    )
