"""Load the DAGs as Airflow's processor does, print what they are as JSON."""

import json
import sys
from datetime import timedelta

from airflow.dag_processing.dagbag import DagBag
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization

sac = DagBag(sys.argv[1])
formes = {dag.dag_id: DagSerialization.to_dict(dag) for dag in sac.dags.values()}
dags = {
    dag.dag_id: {
        "horaire": formes[dag.dag_id]["dag"]["timetable"]["__var"],
        "empreinte": SerializedDagModel.hash(formes[dag.dag_id]),
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "taches": {
            tache.task_id: {
                "pool": tache.pool,
                "retries": tache.retries,
                "duree_max_s": (
                    tache.execution_timeout or getattr(tache, "response_timeout", timedelta(0))
                ).total_seconds(),
                "mapped": tache.is_mapped,
                "suivantes": sorted(tache.downstream_task_ids),
            }
            for tache in sorted(dag.tasks, key=lambda t: t.task_id)
        },
    }
    for dag in sac.dags.values()
}
secondes = {str(vu.file): vu.duration.total_seconds() for vu in sac.dagbag_stats}
json.dump({"erreurs": sac.import_errors, "secondes": secondes, "dags": dags}, sys.stdout)
