"""The audit, then the one transaction."""

from __future__ import annotations

from pipelines.metier import Etape, Metier, Portee

PUBLICATION = Metier(
    "publication",
    etapes=(
        Etape("auditer", Portee.CAISSE, titre="audit", agit="pipelines.publication.etapes:auditer"),
        Etape(
            "publier",
            Portee.CAISSE,
            titre="publication",
            agit="pipelines.publication.etapes:publier",
            ecrit=("anomalies", "depots", "alertes"),
            pool="publication",
        ),
    ),
)
