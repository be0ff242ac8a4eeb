"""Which declarations count, which bases they bring."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Extraction, Metier, Portee

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
            apres=("liens",),
            lit=(
                "declarations_lues",
                "bases_lues",
                "lignes_en_vigueur",
                "releves_lus",
                "bases_relevees",
                "liens_salaries",
            ),
            ecrit=("declarations", "bases", "releves_tdp", "bases_tdp", "constats_tdp"),
            en_essai=True,
        ),
    ),
    extractions=(
        Extraction(
            "bases_lues",
            "pipelines.declarations.regles.bases_lues:compute_bases",
            blocs=tuple(f"S21.G00.{bloc}" for bloc in (30, 40, 41, 50, 51, 78, 82)),
            voiles=(("identifiant", "salarie"),),
        ),
    ),
    documents=(
        Document(
            "bases", "pipelines.declarations.documents.lettres:compose_lettres", au_choix="BASES"
        ),
    ),
    etats="pipelines.declarations.etats:read_etats",
    scelle="pipelines.declarations.etapes:seal_parts",
    audits="pipelines.declarations.audits:AUDITS",
)
