"""What the audit asks of hours and amounts of bad weather, and of what refunds make due (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    list_audits(DOSSIER, "intemperies_heures", "intemperies_montants", "remboursements_dus")
)
