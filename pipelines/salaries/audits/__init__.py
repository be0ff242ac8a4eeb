"""What the audit asks of employees, of their identifiers and of what their DSN say (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    audits=list_audits(
        DOSSIER, "salaries_bases", "retenues_declarations", "liens_appliques", "numeros_nus"
    ),
    sommes=list_audits(DOSSIER, "retenues_sommees"),
)
