"""How much a run of the suite tries: CAISSE_EFFORT, `courant` unless it says otherwise.

`courant`: what everyone runs. `complet`: with the long stories, the nights that are killed, the
live servers, ten thousand careers. `epreuve`: as many again, for a machine that has the time.
"""

from __future__ import annotations

import os

EFFORT = os.environ.get("CAISSE_EFFORT", "courant")
CARRIERES = {"courant": 500, "complet": 10_000, "epreuve": 100_000}[EFFORT]
GRAINES = {"courant": 1, "complet": 1, "epreuve": 40}[EFFORT]
ORDRES = {"courant": 1, "complet": 1, "epreuve": 10}[EFFORT]  # of the DSN of a winter
ORDRES_DEUX_ANS = {"courant": 0, "complet": 0, "epreuve": 10}[EFFORT]  # of two years
MORTS_AU_HASARD = {"courant": 1, "complet": 1, "epreuve": 170}[EFFORT]  # of three deaths each
UN_EXTRAIT_SUR = {"courant": 8, "complet": 8, "epreuve": 1}[EFFORT]
# Tests of these markers are left out, and named with what plays them, by effort.
AVEC_LA_CI, SEULE = ".ci/run et make epreuve les jouent", "make epreuve les joue"
REDITES = {"redite": f"redit, par une nuit entière de plus, ce que d'autres tiennent : {SEULE}"}
RESERVES = {
    "courant": {
        "ordonnanceur": f"démarre de vrais serveurs : {AVEC_LA_CI}",
        "tue": f"tue des nuits : {AVEC_LA_CI}",
        "recit": f"raconte une longue histoire, nuit après nuit : {AVEC_LA_CI}",
        "ecrites": f"joue, sur un serveur, chaque commande des pages : {AVEC_LA_CI}",
        **REDITES,
    },
    "complet": REDITES,
    "epreuve": {},
}[EFFORT]
