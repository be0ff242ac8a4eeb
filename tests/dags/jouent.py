"""Run the DAGs in this process, on Airflow's own SQLite: reception, the night, its documents.

AIRFLOW_HOME=... CAISSE_DOSSIER=... python jouent.py 2026-04-05T20:00:00+00:00
"""

import sys
from datetime import datetime

from cli.airflow.environnement import migrate_base

migrate_base()

from dags import editique, nuit, reception  # noqa: E402 - read once Airflow has its database

instant = datetime.fromisoformat(sys.argv[1])
passages = [
    reception.passage.test(logical_date=instant),
    nuit.passage.test(run_conf={"maintenant": instant.isoformat()}),
    editique.passage.test(run_conf={"maintenant": instant.isoformat()}),
]
sys.exit(any(str(passage.state) != "success" for passage in passages))
