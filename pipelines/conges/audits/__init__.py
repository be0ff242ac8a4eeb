"""What the audit asks of certificates, rights, counters and payments of leave (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    list_audits(
        DOSSIER,
        "certificats_suites",
        "droits_certificats",
        "droits_compteurs",
        "ecarts_absences",
        "decomptes_lignes",
        "decomptes_dus",
        "attestations_decomptes",
    )
)
