"""Run the night in this process with a conf (JSON), print what became of its tasks, as JSON.

AIRFLOW_HOME=... CAISSE_DOSSIER=... python juge.py '{"date_arrete": "2031-01-01"}'
"""

import json
import sys

from cli.airflow.environnement import migrate_base

migrate_base()

from dags import nuit  # noqa: E402 - read once Airflow has its database

passage = nuit.passage.test(run_conf=json.loads(sys.argv[1]))
taches = {
    tache.task_id: {"etat": str(tache.state), "essais": tache.try_number}
    for tache in passage.get_task_instances()
}
sys.stdout.write("\n")
sys.stdout.write(json.dumps({"etat": str(passage.state), "taches": taches}))
