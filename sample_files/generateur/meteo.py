"""The weather that the fund knows, as rows of its registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Meteo = Mapping[str, Sequence[Mapping[str, Any]]]
# One row a table: an orange day, an order, the raise of a campaign, a winter in the mountains.
METEO: Meteo = {
    "vigilances_canicule": [
        {
            "departement": "69",
            "jour": date(2025, 8, 12),
            "niveau": "O",
            "reference": "bulletin 2025-0812-06",
        }
    ],
    "arretes_prefet": [
        {
            "departement": "38",
            "debut": date(2025, 8, 12),
            "fin": date(2025, 8, 14),
            "reference": "38-2025-08-11-002",
        }
    ],
    "coefficients_canicule": [
        {
            "campagne": "2025-26",
            "publie_le": date(2026, 7, 1),
            "coefficient_ppm": 750_000,
            "motif": "relevé par la caisse nationale",
        }
    ],
    "arrets_saisonniers": [
        {
            "departement": "05",
            "activite": "TERR",
            "debut": date(2025, 12, 15),
            "fin": date(2026, 2, 28),
            "reference": "décision régionale 2025-31",
        }
    ],
}
