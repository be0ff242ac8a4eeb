"""What a deposit holds, and whether it conforms."""

from __future__ import annotations

from pipelines.metier import Etape, Metier, Portee

CONTROLE = Metier(
    "controle",
    etapes=(
        Etape(
            "controler",
            Portee.LOT,
            titre="contrôle",
            agit="pipelines.controle.etapes:controler",
            plan="pipelines.controle.etapes:plan_lots",
            ecrit=(
                "anomalies",
                "anomalies_essai",
                "declarations_lues",
                "bases_lues",
                "mouvements_banque",
            ),
        ),
    ),
)
