"""What the audit asks of the bank accounts of employees (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

AUDITS = Audits(audits=list_audits(Path(__file__).parent, "comptes_jours", "comptes_lignes"))
