"""Which declarations count, which bases they bring."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Metier, Portee

DECLARATIONS = Metier(
    "declarations",
    etapes=(
        Etape(
            "declarations",
            Portee.PART,
            titre="déclarations",
            prepare="pipelines.declarations.etapes:prepare_integration",
            plan="pipelines.declarations.etapes:plan_parts",
            temps="integrer",
            lit=("declarations_lues", "bases_lues", "factures_fractionnement", "bases_tdp"),
            ecrit=("declarations", "bases"),
        ),
    ),
    documents=(Document("bases", "pipelines.declarations.documents.lettres:compose_lettres"),),
    etats="pipelines.declarations.etats:read_etats",
    scelle="pipelines.declarations.etapes:seal_parts",
    audits="pipelines.declarations.audits:AUDITS",
)
