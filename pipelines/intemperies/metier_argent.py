"""Refunds of bad weather: what they owe, whom they are told to, why they are what they are."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Explicable, Metier, Portee, Recit

REMBOURSEMENTS = Metier(
    "remboursements",
    etapes=(
        Etape(
            "dus_intemperies",
            Portee.PART,
            prepare="pipelines.intemperies.argent.etapes:prepare_dus",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=("remboursements_intemperies", "arrets_intemperies"),
            ecrit=("dus_intemperies",),
            regroupe=True,
        ),
    ),
    documents=(
        Document(
            "justificatifs_intemperies",
            "pipelines.intemperies.documents.lettres:compose_justificatifs",
            au_choix="JUSTIFICATIFS_INTEMPERIES",
        ),
        Document(
            "campagnes_intemperies",
            "pipelines.intemperies.documents.lettres:compose_campagnes",
            au_choix="CAMPAGNES_INTEMPERIES",
        ),
        Document("cum", "pipelines.intemperies.documents.cum:compose_lettres"),
        Document(
            "departs_intemperies",
            "pipelines.intemperies.documents.lettres:compose_departs",
            au_choix="DEPARTS_INTEMPERIES",
        ),
    ),
    explications=(
        Explicable(
            "indemnites_intemperies",
            "indemnite",
            "pipelines.intemperies.explications.demandes:explain_indemnity",
        ),
        Explicable(
            "dus_intemperies", "du", "pipelines.intemperies.explications.demandes:explain_due"
        ),
        Explicable(
            "cumuls_intemperies",
            "compteur",
            "pipelines.intemperies.explications.demandes:explain_counter",
        ),
    ),
    recits=(
        Recit("indemnites_intemperies", "pipelines.intemperies.recits:tell_indemnite"),
        Recit("cumuls_intemperies", "pipelines.intemperies.recits:tell_compteur"),
    ),
    audits="pipelines.intemperies.audits:AUDITS",
)
