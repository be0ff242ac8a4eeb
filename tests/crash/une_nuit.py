"""One night, step by step as the scheduler calls them, at the instant given: what tests kill.

CAISSE_DOSSIER=... [CAISSE_POINT_ARRET=point[:n]] python une_nuit.py 2026-04-05T20:00:00+00:00
"""

import sys

from pipelines.nuit import ordonnancement as etapes

contexte = {"params": {"maintenant": sys.argv[1]}}
etapes.recevoir(contexte)
for lot in etapes.planifier_lots(contexte):
    etapes.controler(contexte, lot)
parts = etapes.planifier_parts(contexte)
for part in parts:
    etapes.integrer(contexte, part)
for part in parts:
    etapes.appeler(contexte, part)
etapes.rapprocher(contexte)
for part in etapes.planifier_comptes(contexte):
    etapes.tenir_comptes(contexte, part)
etapes.auditer(contexte)
etapes.publier(contexte)
etapes.remettre_fichiers(contexte)
