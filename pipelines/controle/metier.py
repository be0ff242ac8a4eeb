"""What a deposit holds, and whether it conforms."""

from __future__ import annotations

from pipelines.metier import Etape, Liste, Metier, Portee

CONTROLER = Etape(
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
)
CONTROLE = Metier(
    "controle",
    etapes=(CONTROLER,),
    listes=(
        Liste(
            "depots",
            "depots",
            "Dépôts reçus, essais compris, leur état et le nombre de leurs anomalies.",
        ),
        Liste(
            "anomalies",
            "anomalies",
            "Anomalies relevées dans les dépôts, avec ce qu'il faut faire.",
        ),
    ),
)
