"""What a deposit is answered."""

from __future__ import annotations

from pipelines.metier import Document, Metier

RAPPORTS = Metier(
    "rapports",
    documents=(
        Document("rapport", "pipelines.rapports.documents.lettres:compose_lettres", par_depot=True),
    ),
    essai="pipelines.rapports.documents.lettres:compose_essai",
)
