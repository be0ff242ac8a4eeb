"""Words that the documents put in place of the codes of the tables."""

from __future__ import annotations

JOURNAUX = {
    "APPEL": "appel de cotisations",
    "BANQUE": "règlement reçu",
    "FRAIS": "frais de la banque",
    "PRELEVEMENT": "prélèvement",
    "RETOUR": "rejet ou retour",
    "MAJORATION": "majoration de retard",
    "REMISE": "remise de majorations",
    "AVOIR": "avoir",
    "DU": "somme due par la caisse",
    "VIREMENT": "virement de la caisse",
    "DEBIT": "virement exécuté",
}
TRANCHES = {
    "a_echoir": "À échoir",
    "echu_0_30": "Échu, 30 jours au plus",
    "echu_31_60": "Échu, 31 à 60 jours",
    "echu_61_90": "Échu, 61 à 90 jours",
    "echu_plus_90": "Échu, plus de 90 jours",
    "avoir": "Avoir non imputé",
}
ETATS_CREANCE = {
    "SOLDEE": "soldé",
    "A_ECHOIR": "à échoir",
    "ECHUE": "échu",
    "ECHEANCIER": "en échéancier",
}
