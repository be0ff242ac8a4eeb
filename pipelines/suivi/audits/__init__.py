"""What the audit asks of the follow-up of the declarations (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

AUDITS = Audits(list_audits(Path(__file__).parent, "attendues", "relances"))
