"""Rows of leave that are planted where no night would write them."""

from __future__ import annotations

from datetime import date

CERTIFICAT = {
    "part": 0, "certificat": "CG-AUDIT", "salarie": "0" * 32, "siren": "999000011",
    "exercice": 2026, "nature": "RECTIFICATIF", "debut": date(2025, 4, 1),
    "fin": date(2026, 3, 31), "unite": "M", "completude": 100, "en_vigueur": True,
    "mois_travail_fractions": 0, "mois_assimiles_fractions": 0, "mois_manquants": None,
    "remplace": "INCONNU", "visible_le": date(2026, 4, 20),
}  # fmt: skip
ABSENCE = {
    "part": 0, "siren": "999000011", "salarie": "0" * 32, "decompte": "DC-AUDIT",
    "contrat": "00001", "mois": "2026-08", "debut": date(2026, 8, 3), "fin": date(2026, 8, 15),
    "jours_centiemes": 1_200, "bloc": "S21.G00.65.001,'200'",
}  # fmt: skip
DROIT = {
    "part": 0, "droit": "DR-AUDIT", "salarie": "0" * 32, "siren": "999000011",
    "exercice": 2026, "jours_legaux": 30, "brut_centimes": 2_400_000,
    "mois_travail_fractions": 0, "mois_maladie_fractions": 0, "mois_retenus_fractions": 0,
}  # fmt: skip
ACQUIS = {
    "part": 0, "salarie": "0" * 32, "exercice": 2026, "compteur": "PRINCIPAL",
    "acquis_centiemes": 2_400, "pris_centiemes": 0, "reste_centiemes": 2_400,
}  # fmt: skip
DECOMPTE = {
    "part": 0, "decompte": "D99999999-2-261", "siren": "999000011", "demande": "R1",
    "salarie": "0" * 32, "exercice": 2026, "brut_centimes": 100, "net_centimes": 90,
    "jours_centiemes": 100, "date_paiement": date(2026, 10, 1),
}  # fmt: skip
