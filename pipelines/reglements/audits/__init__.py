"""What the audit asks of the movements of the bank and of the debits (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

AUDITS = Audits(
    list_audits(
        Path(__file__).parent,
        "mouvements",
        "encaissements",
        "prelevements_montants",
        "prelevements_dus",
        "prelevements_mandats",
        "prelevements_publies",
    )
)
