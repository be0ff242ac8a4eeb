"""Words that the documents put in place of the codes of the tables."""

from __future__ import annotations

NATURES = {"INITIAL": "initial", "COMPLEMENTAIRE": "complémentaire", "ESTIME": "estimé"}
JOURNAUX = {
    "APPEL": "appel de cotisations",
    "BANQUE": "règlement reçu",
    "PRELEVEMENT": "prélèvement",
    "RETOUR": "rejet de prélèvement",
    "MAJORATION": "majoration de retard",
    "REMISE": "remise de majorations",
    "AVOIR": "avoir",
}
ETATS_CREANCE = {
    "SOLDEE": "soldé",
    "A_ECHOIR": "à échoir",
    "ECHUE": "échu",
    "ECHEANCIER": "en échéancier",
}
ETATS_DECLARATION = {
    "ABSENTE": "aucune DSN reçue",
    "PARTIELLE": "DSN incomplète : il manque une fraction",
    "INUTILISABLE": "DSN reçue, mais non exploitable",
}
ABATTEMENT, TRANCHE = "ABATTEMENT_INTEMPERIES", "TRANCHE_FNTP"
