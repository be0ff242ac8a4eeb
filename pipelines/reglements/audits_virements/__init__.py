"""What the audit asks of the payments of the fund (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    list_audits(
        DOSSIER,
        "reglements_dus",
        "reglements_retenus",
        "reglements_comptes",
        "reglements_publies",
        "decaissements",
    ),
    sommes=list_audits(DOSSIER, "dus"),
)
