"""How much a run of the suite tries: CAISSE_EFFORT, `courant` unless it says otherwise.

`courant`: what everyone runs. `complet`: with the nights that are killed, the live servers, ten
thousand careers. `epreuve`: as many again, for a machine that has the time.
"""

from __future__ import annotations

import os

EFFORT = os.environ.get("CAISSE_EFFORT", "courant")
CARRIERES = {"courant": 500, "complet": 10_000, "epreuve": 100_000}[EFFORT]
GRAINES = {"courant": 1, "complet": 2, "epreuve": 40}[EFFORT]
ORDRES = {"courant": 1, "complet": 1, "epreuve": 10}[EFFORT]  # of the DSN of a winter
ORDRES_DEUX_ANS = {"courant": 0, "complet": 0, "epreuve": 10}[EFFORT]  # of two years
MORTS_AU_HASARD = {"courant": 1, "complet": 1, "epreuve": 170}[EFFORT]  # of three deaths each
UN_EXTRAIT_SUR = {"courant": 8, "complet": 3, "epreuve": 1}[EFFORT]
# Tests of these markers are left out, and named, when the effort is `courant`.
RESERVES = {
    "ordonnanceur": "démarre de vrais serveurs",
    "tue": "tue des nuits",
    "ecrites": "joue, sur un serveur, chaque commande des pages",
}
SERVEURS_ET_MORTS = EFFORT != "courant"
