"""What the audit asks of the amounts that refunds make due (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

AUDITS = Audits(list_audits(Path(__file__).parent, "remboursements_dus"))
