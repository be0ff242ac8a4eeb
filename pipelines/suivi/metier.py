"""What members must declare, and the reminders."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Liste, Metier, Portee

SUIVI = Metier(
    "suivi",
    etapes=(
        Etape(
            "suivi",
            Portee.PART,
            prepare="pipelines.suivi.etapes:prepare_suivi",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=("declarations", "bases", "releves_tdp", "declarations_lues"),
            ecrit=("declarations_attendues", "relances"),
            regroupe=True,
        ),
    ),
    documents=(Document("relance", "pipelines.suivi.documents.lettres:compose_lettres"),),
    cas=(("suivi", "pipelines.suivi.cas.execution"),),
    audits="pipelines.suivi.audits:AUDITS",
    listes=(
        Liste(
            "attendues",
            "declarations_attendues",
            "Déclarations attendues de chaque établissement, reçues ou manquantes.",
        ),
    ),
)
