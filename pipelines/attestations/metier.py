"""Certificates for public contracts."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Explicable, Liste, Metier, Portee

ATTESTATIONS = Metier(
    "attestations",
    etapes=(
        Etape(
            "attestations",
            Portee.PART,
            prepare="pipelines.attestations.etapes:prepare_attestations",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=("declarations_attendues", "creances", "soldes"),
            ecrit=("situations", "changements_situation", "attestations"),
            regroupe=True,
        ),
    ),
    documents=(
        Document(
            "attestation",
            "pipelines.attestations.documents.lettres:compose_lettres",
            au_choix="ATTESTATIONS",
        ),
    ),
    explications=(
        Explicable(
            "attestations",
            "attestation",
            "pipelines.attestations.explications.demandes:explain_row",
        ),
    ),
    cas=(("attestations", "pipelines.attestations.cas.execution"),),
    audits="pipelines.attestations.audits:AUDITS",
    decisions="pipelines.attestations.decisions:NATURES",
    listes=(
        Liste(
            "attestations",
            "attestations",
            "Attestations délivrées pour les marchés publics, et leur état.",
        ),
    ),
)
