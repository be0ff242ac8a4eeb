"""What the audit asks of the ledger, of the receivables and of the balances (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

AUDITS = Audits(
    list_audits(
        Path(__file__).parent,
        "ecritures_equilibrees",
        "ecritures_publiees",
        "appels_ecritures",
        "encaissements_ecritures",
        "prelevements_ecritures",
        "dus_ecritures",
        "soldes_ecritures",
        "soldes_creances",
        "creances_appels",
        "imputations",
    )
)
