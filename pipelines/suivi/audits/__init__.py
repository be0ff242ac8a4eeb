"""What the audit asks of the follow-up of the declarations (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import list_audits

AUDITS = list_audits(Path(__file__).parent, "attendues", "relances")
