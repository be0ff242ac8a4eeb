"""What employees acquire, from what is known tonight: certificates, rights, counters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.absences import INTERVALLES, compute_intervalles
from pipelines.conges.regles.acquisition.acquis import ACQUIS, COMPTEURS, MAINTIENS
from pipelines.conges.regles.acquisition.anciennete import compute_anciennete
from pipelines.conges.regles.acquisition.bilans import Sources, compute_bilans, compute_intemperies
from pipelines.conges.regles.acquisition.calendrier import render_mois
from pipelines.conges.regles.acquisition.certificats import (
    CANDIDATS,
    compute_periodes,
    number_certificats,
    with_nature,
)
from pipelines.conges.regles.acquisition.certs import PAYE, Certs, compute_certs
from pipelines.conges.regles.acquisition.compteurs import compute_compteurs
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.acquisition.contrats import compute_lignes, follow_numbers
from pipelines.conges.regles.acquisition.derniers import EMPLOYE, compute_derniers
from pipelines.conges.regles.acquisition.droits import compute_rights
from pipelines.conges.regles.acquisition.emplois import compute_emplois
from pipelines.conges.regles.acquisition.enfants import compute_enfants
from pipelines.conges.regles.acquisition.jours import compute_jours, compute_parts
from pipelines.conges.regles.acquisition.maintiens import compute_maintiens, read_absences
from pipelines.conges.regles.acquisition.paie import compute_bruts, compute_heures, compute_r
from pipelines.conges.regles.acquisition.precedents import compute_precedents
from pipelines.conges.regles.acquisition.reunion import gather_employes
from pipelines.conges.regles.acquisition.suites import follow_up
from pipelines.conges.regles.acquisition.temps import compute_apports
from specs.connaissances import Connaissances
from specs.contrats import computed_schema

CERTIFICATS = computed_schema("certificats")
MOIS_DIT = ["salarie", "siren", "mois"]


@dataclass(frozen=True, slots=True)
class Acquisition:
    """`certificats`: CERTIFICATS, former ones too; `acquis`, `maintiens`, `compteurs`: see acquis.

    `reports`: table `reports_lus`, of the certificates in force.
    """

    certificats: pl.DataFrame
    acquis: pl.DataFrame
    maintiens: pl.DataFrame
    compteurs: pl.DataFrame
    reports: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Matiere:
    """What certificates and rights are made of, each month settled.

    `connu`: without what gave way to certificates; `sources`: see there, `emplois` being those of
    `compute_parts`; `jours`: of `compute_jours`; `dites`: of `read_absences`.
    """

    connu: Connu
    sources: Sources
    jours: pl.DataFrame
    dites: pl.DataFrame


def gather_matiere(connu: Connu, savoir: Connaissances) -> Matiere | None:
    """Of whole employees; None when no month is told of any."""
    regle, lignes, certs = _settle(follow_numbers(connu.with_known_cdg()), savoir)
    emplois = compute_emplois(lignes, certs)
    if emplois.is_empty():
        return None
    dites = read_absences(certs, regle.absences_certs)
    parts, jours = _time(regle, emplois, certs, dites)
    return Matiere(regle, _gather(regle, parts, certs, savoir), jours, dites)


def compute_acquisition(
    connu: Connu, publies: pl.DataFrame, date_arrete: date, savoir: Connaissances
) -> Acquisition:
    """All of it, of whole employees. `publies`: CERTIFICATS of the night before."""
    matiere = gather_matiere(connu, savoir)
    if matiere is None:
        return _nothing(publies, connu)
    connu, sources, certs = matiere.connu, matiere.sources, matiere.sources.certs
    periodes = number_certificats(
        with_nature(compute_periodes(sources.emplois, date_arrete), date_arrete, savoir)
    )
    bilans = compute_bilans(periodes, sources)
    certificats = follow_up(_candidates(bilans, connu), publies, date_arrete, savoir)
    employes = gather_employes(bilans, sources, matiere.jours, certificats, savoir)
    acquis = compute_rights(employes, savoir)
    return Acquisition(
        certificats.match_to_schema(CERTIFICATS),
        acquis.match_to_schema(ACQUIS),
        compute_maintiens(certs, matiere.dites).match_to_schema(MAINTIENS),
        compute_compteurs(
            acquis,
            compute_enfants(acquis, certs.certs, connu.naissances, savoir),
            compute_anciennete(sources.derniers, certs.certs, savoir),
            savoir,
        ),
        connu.reports.join(certs.certs.select("depot", ligne="rang"), on=["depot", "ligne"],
                           how="semi"),
    )  # fmt: skip


def _nothing(publies: pl.DataFrame, connu: Connu) -> Acquisition:
    return Acquisition(
        publies.with_columns(en_vigueur=pl.lit(value=False)),
        ACQUIS.to_frame(),
        MAINTIENS.to_frame(),
        COMPTEURS.to_frame(),
        connu.reports.clear(),
    )


def _settle(connu: Connu, savoir: Connaissances) -> tuple[Connu, pl.DataFrame, Certs]:
    """What counts of each month, the DSN or a certificate: tables, contracts, certificates."""
    lignes = compute_lignes(connu.contrats, connu.bases)
    certs = compute_certs(connu, lignes.select(MOIS_DIT).unique(), savoir)
    evinces = certs.evinces.with_columns(mois=render_mois(pl.col("mois")))
    rattache = pl.coalesce("mois_rattachement", "mois_appel")
    return (
        replace(
            connu,
            bases=connu.bases.with_columns(mois=rattache)
            .join(evinces, on=MOIS_DIT, how="anti", maintain_order="left")
            .drop("mois"),
            remunerations=connu.remunerations.join(
                evinces, on=MOIS_DIT, how="anti", maintain_order="left"
            ),
        ),
        lignes.join(certs.evinces, on=MOIS_DIT, how="anti", maintain_order="left"),
        certs,
    )


def _time(
    connu: Connu, emplois: pl.DataFrame, certs: Certs, dites: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`compute_parts` of the employments, and the days that are not plain work."""
    absences = pl.concat(
        [
            compute_intervalles(connu.absences).with_columns(pl.col("contrat").fill_null("")),
            dites.select(INTERVALLES.names()),
        ]
    )
    ailleurs = (
        certs.certs.filter(pl.col("n1_paid") == PAYE).group_by(EMPLOYE).agg(pl.col("n1_days").sum())
    )
    jours = compute_jours(emplois, absences, connu.conges, ailleurs)
    return compute_parts(emplois, jours), jours


def _gather(connu: Connu, parts: pl.DataFrame, certs: Certs, savoir: Connaissances) -> Sources:
    """What certificates are made of."""
    bruts = compute_bruts(connu.bases, parts)
    derniers = compute_derniers(parts, bruts, certs)
    categories = derniers.select(*EMPLOYE, "categorie")
    heures = compute_heures(connu.remunerations, parts).join(
        categories, on=EMPLOYE, how="left", maintain_order="left"
    )
    return Sources(
        parts,
        compute_apports(
            parts.drop("categorie").join(categories, on=EMPLOYE, maintain_order="left"),
            certs.certs,
            heures,
            savoir,
        ),
        heures,
        bruts,
        compute_r(parts, connu.bases, connu.remunerations, certs.certs, savoir),
        certs,
        compute_intemperies(connu.intemperies),
        compute_precedents(connu.conges, certs.certs, savoir),
        derniers,
    )


def _candidates(bilans: pl.DataFrame, connu: Connu) -> pl.DataFrame:
    """CANDIDATS and matricule, an unknown centre being none."""
    matricules = (
        connu.certs.filter(pl.col("matricule").is_not_null())
        .sort("recu_le", "depot", "rang")
        .unique(["salarie", "siren"], keep="last", maintain_order=True)
        .select("salarie", "siren", "matricule")
    )
    return (
        bilans.join(matricules, on=["salarie", "siren"], how="left", maintain_order="left")
        .with_columns(cdg=pl.when(pl.col("cdg") != "").then("cdg"))
        .select(*CANDIDATS, "matricule")
    )
