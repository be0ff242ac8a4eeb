"""Faults of leave: the audit that sees each, its table, and what is done to it."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.pipelines.audit.alterations import Alteration, add, change, lose, more

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
FAUTES_CONGES: list[tuple[str, str, str, Alteration]] = [
    ("certificats_suites", "un remplacement de rien", "certificats", add(**CERTIFICAT)),
    (
        "certificats_suites",
        "un certificat montré sans jour",
        "certificats",
        add(**CERTIFICAT | {"remplace": None, "certificat": "CG-JOUR", "visible_le": None}),
    ),
    ("ecarts_absences", "un congé que rien ne paie", "ecarts_absences", add(**ABSENCE)),
    ("droits_certificats", "un droit sans certificat", "droits", add(**DROIT)),
    ("droits_compteurs", "un droit sans compteur", "droits", add(**DROIT)),
    ("droits_compteurs", "un compteur sans droit", "compteurs_conges", add(**ACQUIS)),
    ("decomptes_lignes", "un centime brut de trop", "decomptes", more("brut_centimes")),
    ("decomptes_lignes", "un centime retenu de trop", "lignes_decompte", more("montant_centimes")),
    ("decomptes_lignes", "un jour payé de trop", "decomptes", more("jours_centiemes")),
    (
        "decomptes_lignes",
        "un jour pris de trop",
        "prises_conges",
        more("jours_centiemes", pl.col("demande").str.starts_with("R2026")),
    ),
    ("decomptes_lignes", "un trop-perçu repris de rien", "lignes_decompte", change(code="TROP")),
    ("decomptes_lignes", "un décompte publié qui manque", "decomptes_avant", add(**DECOMPTE)),
    ("decomptes_dus", "un centime viré de trop", "dus_conges", more("montant_centimes")),
    ("decomptes_dus", "une retenue que rien ne dit", "dus_conges", lose),
    ("decomptes_dus", "un décompte sans somme due", "dus_conges", pl.DataFrame.clear),
    ("decomptes_dus", "un autre jour", "dus_conges", change(execution=date(2026, 12, 1))),
    ("dus_ecritures", "une retenue non portée en compte", "dus_conges", lose),
    (
        "attestations_decomptes",
        "un centime attesté de trop",
        "attestations_fiscales",
        more("brut_centimes"),
    ),
    ("attestations_decomptes", "une année sans paiement", "decomptes", pl.DataFrame.clear),
]
