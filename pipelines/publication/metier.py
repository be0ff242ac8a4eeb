"""The audit, what companies receive, then the one transaction."""

from __future__ import annotations

from pipelines.metier import Etape, Liste, Metier, Portee

PUBLICATION = Metier(
    "publication",
    etapes=(
        Etape("auditer", Portee.CAISSE, titre="audit", agit="pipelines.publication.etapes:auditer"),
        Etape(
            "composer",
            Portee.PART,
            titre="composition des documents",
            agit="pipelines.publication.composition:composer",
            plan="pipelines.publication.composition:plan_composer",
        ),
        Etape(
            "publier",
            Portee.CAISSE,
            titre="publication",
            agit="pipelines.publication.etapes:publier",
            ecrit=("anomalies", "depots", "alertes", "fichiers_emis"),
            pool="publication",
        ),
    ),
    decisions="pipelines.nuit.reserves.decisions:NATURES",
    impressions="pipelines.publication.impression:IMPRESSIONS",
    listes=(
        Liste(
            "fichiers-emis",
            "fichiers_emis",
            "Fichiers remis aux entreprises, ou dus : accusés, rapports, appels, relevés…",
        ),
        Liste(
            "alertes",
            "alertes",
            "Dépôts mis à l'écart, entreprises tenues à leur dernière publication, et pourquoi.",
        ),
        Liste("decisions", "decisions", "Décisions de la caisse, telles que publiées."),
    ),
)
