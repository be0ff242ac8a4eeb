"""The certificates of a night as documents: those issued, and the notices of those revoked."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.attestations.documents.valeurs import Attestation
from pipelines.attestations.regles.attestations import REVOQUEE
from pipelines.editique.valeurs import Entreprise

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
