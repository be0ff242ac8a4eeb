"""Words that the letters of follow-up put in place of codes."""

from __future__ import annotations

ETATS_DECLARATION = {
    "ABSENTE": "aucune DSN reçue",
    "PARTIELLE": "DSN incomplète : il manque une fraction",
    "INUTILISABLE": "DSN reçue, mais non exploitable",
}
