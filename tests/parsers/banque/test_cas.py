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
    "b01_2_retour_annule_RvslInd": [
        {"nature": "RETOUR", "extourne": True, "montant_centimes": 281_923, "bout_en_bout": DEBIT}
    ],
    "b02_retour_et_frais_InstdAmt": [RETOUR_ET_FRAIS],
    "b03_retour_et_frais_TxDtls": [RETOUR_ET_FRAIS],
    "b04_1_avis_heure_UTC": [VIREMENT],
    "b04_2_releve": [VIREMENT],
    "b05_1_avis_payeur_1": [{"bout_en_bout": None, "nom_masque": None}],
    "b06_zeros_en_tete": [VIREMENT],
    "b07_cinq_decimales_nulles": [VIREMENT],
    "b08_deux_NtryDtls_avec_Btch": [
        {"remise": "L1", "bout_en_bout": "E1", "montant_centimes": 10_000, "ecriture": 1},
        {"remise": "L2", "bout_en_bout": "E2", "montant_centimes": 20_000, "ecriture": 1},
    ],
    "b09_solde_proprietaire": [VIREMENT],
    "b10_deux_comptes_un_fichier": [VIREMENT],
    "b11_sans_BookgDt": [VIREMENT],
    "b12_reference_AddtlNtryInf": [
        {"reference": "VIR SEPA RECU C8000101-202603-01", "reference_ecriture": "B9"}
    ],
    "b13_lot_par_MsgId": [
        {"portee": "LOT", "message_origine": REMISE, "montant_centimes": 281_923}
    ],
    "p01_fichier_refuse_DU01": [
        {"portee": "MESSAGE", "message_origine": REMISE, "code_motif": "DU01", "statut": "RJCT"}
    ],
    "p02_statut_PATC_et_un_refus": [
        {"portee": "OPERATION", "bout_en_bout": DEBIT, "code_motif": "AC04"}
    ],
    "p03_refus_par_RUM": [
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
