"""The certificates of a night as documents: those issued, and the notices of those revoked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import polars as pl

from pipelines.attestations.documents.attestation_pdf import (
    compose_attestation_pdf,
    render_attestation_json,
)
from pipelines.attestations.documents.valeurs import Attestation
from pipelines.attestations.regles.attestations import REVOQUEE
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.editique.valeurs import Entreprise
from pipelines.publication.nuit import Nuit
from warehouse.decisions import read_en_vigueur
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre.lecture import read_adherents

COLONNES = (
    "attestation",
    "date_arrete",
    "fin_validite",
    "dsn_attendues",
    "dsn_recues",
    "revoquee_le",
)
MOTIFS = {
    "EMISSION": "première délivrance",
    "RENOUVELLEMENT": "suite d'une attestation arrivée à sa fin",
    "RETOUR": "retour en règle",
    "DEMANDE": "demande de l'entreprise",
}
PERTE = "l'entreprise n'est plus en règle"


def compose_attestations(
    attestations: pl.DataFrame,
    publiees: pl.DataFrame,
    adherents: pl.DataFrame,
    decisions: pl.DataFrame,
) -> tuple[Attestation, ...]:
    """Certificates that are new, or newly revoked, since those published, by number.

    `attestations` and `publiees`: contract `attestations`; `adherents`, `decisions`: of the
    registry. A revocation says the reason of its decision, or that the company is not in order.
    """
    cle = ["attestation", "revoquee_le"]
    connues = publiees.select(cle)
    nouvelles = attestations.join(connues, on=cle, how="anti", nulls_equal=True)
    noms = adherents.select("siren", "raison_sociale")
    raisons = decisions.select(revocation="numero", raison="motif")
    completes = (
        nouvelles.join(noms, on="siren")
        .join(raisons, on="revocation", how="left")
        .sort("attestation")
    )
    return tuple(
        Attestation(
            **{nom: ligne[nom] for nom in COLONNES},
            entreprise=Entreprise(ligne["adherent"], ligne["siren"], ligne["raison_sociale"]),
            echu_centimes=max(0, ligne["solde_exigible_centimes"]),
            etat="REVOQUEE" if ligne["etat"] == REVOQUEE else "EN_REGLE",
            motif=_reason(ligne["motif"], ligne["raison"], ligne["revoquee_le"]),
        )
        for ligne in completes.iter_rows(named=True)
    )


def _reason(motif: str, raison: str | None, revoquee_le: date | None) -> str:
    return MOTIFS[motif] if revoquee_le is None else raison or PERTE


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """The certificates issued or revoked tonight."""
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, nuit.vue.registre)
        decisions = read_en_vigueur(connexion, nuit.vue.decisions)
    attestations = maison.lac.read("attestations").filter(nuit.served()).collect()
    publiees = read_table_publiee(maison, "attestations").collect()
    for attestation in compose_attestations(attestations, publiees, adherents, decisions):
        numerotee = replace(attestation, publication=nuit.numero)
        yield Lettre(attestation.entreprise.adherent, partial(_draw, numerotee))


def _draw(attestation: Attestation) -> Iterator[Fichier]:
    """A revocation is a notice beside the certificate; the JSON is its present state."""
    suite = "_REVOQUEE" if attestation.revoquee_le else ""
    nom = f"ATTESTATION_{attestation.attestation}"
    yield f"{nom}{suite}.pdf", compose_attestation_pdf(attestation)
    yield f"{nom}.json", render_attestation_json(attestation)
