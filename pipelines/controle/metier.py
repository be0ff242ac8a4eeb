"""What a deposit holds, and whether it conforms."""

from __future__ import annotations

from pipelines.metier import Etape, Liste, Metier, NatureFichier, Portee

CONTROLER = Etape(
    "controler",
    Portee.LOT,
    titre="contrôle",
    agit="pipelines.controle.etapes:controler",
    plan="pipelines.controle.etapes:plan_lots",
    ecrit=("anomalies", "anomalies_essai"),
)
RELIRE = Etape(
    "relire",
    Portee.LOT,
    agit="pipelines.controle.relecture:relire",
    plan="pipelines.controle.relecture:plan_relectures",
    temps="controler",
    lit=("declarations_lues",),
)
# What no other kind takes.
DSN = NatureFichier(
    "DSN",
    lit="pipelines.controle.dsn:read_depots_dsn",
    admet="pipelines.echanges.admission_dsn:admit_dsn",
    repond="pipelines.rapports.documents.controles:compose_controles",
    tables=("declarations_lues",),
)
CONTROLE = Metier(
    "controle",
    etapes=(CONTROLER, RELIRE),
    natures=(DSN,),
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
