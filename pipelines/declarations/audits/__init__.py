"""What the audit asks of the declarations and of their bases (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    audits=list_audits(
        DOSSIER,
        "declarations_lues",
        "declarations_retenues",
        "bases_lues",
        "bases_declaration",
        "releves_lus",
        "bases_tdp",
        "factures",
    ),
    sommes=list_audits(DOSSIER, "bases_sommees"),
)
