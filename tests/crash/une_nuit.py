"""One night, as the scheduler plays it, at the instant given: what tests kill.

CAISSE_DOSSIER=... [CAISSE_POINT_ARRET=point[:n]] python une_nuit.py 2026-04-05T20:00:00+00:00
"""

import sys

from pipelines.nuit.passage import run_nuit
from pipelines.ordonnancement import open_passage

run_nuit(open_passage({"params": {"maintenant": sys.argv[1]}}))
