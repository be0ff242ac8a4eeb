"""Forms of messages that banks send: what each movement must hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from parsers.banque.lecteur import read_banque
from sample_files.exemples_banque import RACINE

DEBIT, RUM = "P800000010-20260427-01", "CNETP-C8000101-001"
REMISE = "PRLV-20260420-00002"
RETOUR_ET_FRAIS = {
    "nature": "RETOUR",
    "montant_centimes": -282_223,
    "montant_brut_centimes": -281_923,
    "frais_centimes": 300,
    "frais_annonces_centimes": 300,
    "bout_en_bout": DEBIT,
    "code_motif": "MD01",
}
VIREMENT = {
    "montant_centimes": 50_000,
    "date_operation": date(2026, 4, 23),
    "reference": "COTISATIONS C8000101-202603-01",
}
CAS: dict[str, list[dict[str, Any]]] = {
    "retour_annule": [
        {"nature": "RETOUR", "extourne": True, "montant_centimes": 281_923, "bout_en_bout": DEBIT}
    ],
    "retour_avec_frais": [RETOUR_ET_FRAIS],
    "retour_avec_frais_au_detail": [RETOUR_ET_FRAIS],
    "virement_avis_en_temps_universel": [VIREMENT],
    "virement_releve": [VIREMENT],
    "deux_payeurs_premier_avis": [{"bout_en_bout": None, "nom_masque": None}],
    "montant_zeros_en_tete": [VIREMENT],
    "montant_cinq_decimales": [VIREMENT],
    "ecriture_de_deux_lots": [
        {"remise": "L1", "bout_en_bout": "E1", "montant_centimes": 10_000, "ecriture": 1},
        {"remise": "L2", "bout_en_bout": "E2", "montant_centimes": 20_000, "ecriture": 1},
    ],
    "solde_proprietaire": [VIREMENT],
    "deux_comptes": [VIREMENT],
    "sans_date_operation": [VIREMENT],
    "reference_en_complement": [
        {"reference": "VIR SEPA RECU C8000101-202603-01", "reference_ecriture": "B9"}
    ],
    "lot_nomme_par_son_message": [
        {"portee": "LOT", "message_origine": REMISE, "montant_centimes": 281_923}
    ],
    "remise_refusee_en_double": [
        {"portee": "MESSAGE", "message_origine": REMISE, "code_motif": "DU01", "statut": "RJCT"}
    ],
    "statut_partiel_et_refus": [
        {"portee": "OPERATION", "bout_en_bout": DEBIT, "code_motif": "AC04"}
    ],
    "refus_par_mandat": [
        {
            "bout_en_bout": None,
            "rum": RUM,
            "montant_centimes": 0,
            "montant_origine_centimes": 281_923,
            "remise": f"{REMISE}-B20260427RCUR",
            "message_origine": REMISE,
        }
    ],
}


@pytest.mark.parametrize("nom", CAS)
def test_a_form_met_elsewhere_is_read(nom: str) -> None:
    """Amounts, charges, dates, references: each movement of the case holds what is expected."""
    lecture = read_banque(1, RACINE.joinpath("cas", f"{nom}.xml").read_bytes())
    assert not (lecture.anomalies["severite"] == "bloquante").any()
    lignes = lecture.mouvements.to_dicts()
    retenues = [
        {colonne: ligne[colonne] for colonne in attendu}
        for ligne, attendu in zip(lignes, CAS[nom], strict=True)
    ]
    assert retenues == CAS[nom]
