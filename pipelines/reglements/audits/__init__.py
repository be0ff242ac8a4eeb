"""What the audit asks of the movements of the bank and of the debits (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    list_audits(
        DOSSIER,
        "mouvements",
        "encaissements",
        "prelevements_montants",
        "prelevements_dus",
        "prelevements_mandats",
        "prelevements_publies",
    ),
    sommes=list_audits(DOSSIER, "dus"),
)
