"""What the audit asks of the calls, of their lines and of the cumuls (SQL)."""

from __future__ import annotations

from pathlib import Path

from pipelines.audit.audits import Audits, list_audits

DOSSIER = Path(__file__).parent
AUDITS = Audits(
    audits=list_audits(
        DOSSIER,
        "lignes_quantites",
        "lignes_montants",
        "lignes_valeurs",
        "campagnes",
        "campagnes_parts",
        "cumuls",
        "cumuls_lignes",
        "tranches",
        "appels_lignes",
        "appels_rangs",
        "appels_publies",
    ),
    sommes=list_audits(
        DOSSIER,
        "mois_vus",
        "periodes",
        "valeurs_du_mois",
        "parametres_du_mois",
        "lignes_attendues",
        "lignes_appelees",
        "campagnes_mois",
    ),
)
