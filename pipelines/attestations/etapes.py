"""Situations and certificates of one shard, at a date."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.attestations.regles.attestations import Registre, compute_attestations
from pipelines.attestations.regles.situations import (
    Comptes,
    compute_changements,
    compute_situations,
    read_regles,
)
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, dated, in_part
from specs.contrats import codes_of
from warehouse.decisions import read_en_vigueur
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_adherents, read_etablissements

DEMANDE_ATTESTATION, REVOCATION_ATTESTATION = codes_of(
    "decisions", "nature", "DEMANDE_ATTESTATION", "REVOCATION_ATTESTATION"
)


@dataclass(frozen=True, slots=True)
class Entrees:
    """What the certificates of one shard depend on beside the accounts.

    `ouverts`: siren; `decisions`: contract `decisions`, of either nature, in force; `changements`
    and `attestations`: as last published.
    """

    ouverts: pl.DataFrame
    decisions: pl.DataFrame
    changements: pl.DataFrame
    attestations: pl.DataFrame

    @property
    def frames(self) -> tuple[pl.DataFrame, ...]:
        """Every frame, for a fingerprint."""
        return self.ouverts, self.decisions, self.changements, self.attestations


def prepare_attestations(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """Situations of the companies of the shard, and the certificates that follow.

    Reads the expected declarations and the accounts as the lake holds them tonight.
    """
    comptes, entrees = _read_comptes(maison, part), _read_entrees(maison, part, date_arrete)

    def produce() -> Production:
        regles = read_regles(date_arrete)
        situations = compute_situations(comptes, regles, date_arrete)
        nouveaux = compute_changements(situations, entrees.changements)
        changements = pl.concat(
            [in_part("changements_situation", f, part) for f in (entrees.changements, nouveaux)]
        )
        registre = _as_registre(entrees, changements)
        attestations = compute_attestations(situations, registre, regles, date_arrete)
        tables = {
            "situations": in_part("situations", situations, part),
            "changements_situation": changements,
            "attestations": in_part("attestations", attestations, part),
        }
        resultat = {"changements": len(nouveaux), "attestations": len(attestations)}
        return Production(tables, resultat)

    return Travail(dated(date_arrete, *comptes.frames, *entrees.frames), produce)


def _read_comptes(maison: Maison, part: Part) -> Comptes:
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, part.vue.registre).filter(part.siennes())
    attendues, creances, soldes = (
        maison.lac.read(table).filter(part.ecrites()).collect().sort(cle)
        for table, cle in (
            ("declarations_attendues", ["siret", "mois"]),
            ("creances", ["appel"]),
            ("soldes", ["cdg"]),
        )
    )
    membres = adherents.select("siren", adherent="numero_adherent")
    return Comptes(membres, attendues, creances, soldes)


def _read_entrees(maison: Maison, part: Part, date_arrete: date) -> Entrees:
    siennes = part.siennes()
    with maison.moteur.connect() as connexion:
        etablissements = read_etablissements(connexion, part.vue.registre).filter(siennes)
        decisions = read_en_vigueur(connexion, part.vue.decisions).filter(siennes)
    ouvert = (pl.col("debut") <= date_arrete) & (
        pl.col("fin").is_null() | (pl.col("fin") >= date_arrete)
    )
    natures = [DEMANDE_ATTESTATION, REVOCATION_ATTESTATION]
    en_vigueur = pl.col("nature").is_in(natures) & (pl.col("date_effet") <= date_arrete)
    changements, attestations = (
        read_table_publiee(maison, table).filter(siennes).collect().sort(cle)
        for table, cle in (
            ("changements_situation", ["siren", "rang"]),
            ("attestations", ["attestation"]),
        )
    )
    return Entrees(
        etablissements.filter(ouvert).select("siren").unique().sort("siren"),
        decisions.filter(en_vigueur),
        changements,
        attestations,
    )


def _as_registre(entrees: Entrees, changements: pl.DataFrame) -> Registre:
    demandes = entrees.decisions.filter(pl.col("nature") == DEMANDE_ATTESTATION)
    revocations = entrees.decisions.filter(pl.col("nature") == REVOCATION_ATTESTATION)
    visees = [json.loads(contenu)["attestation"] for contenu in revocations["contenu"]]
    return Registre(
        publiees=entrees.attestations,
        changements=changements,
        demandes=demandes.select("siren", demande="numero"),
        revocations=revocations.select(
            "siren",
            pl.Series("attestation", visees, pl.String),
            revocation="numero",
            date="date_effet",
        ),
        ouverts=entrees.ouverts,
    )
