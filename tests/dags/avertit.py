"""Tell the listeners that the scheduler loads of the end of a run: DAG, and how it ended.

AIRFLOW_HOME=... CAISSE_DOSSIER=... python avertit.py nuit failed
"""

import sys
from types import SimpleNamespace

from dags.greffons.remarques import Remarques

dag, fin = sys.argv[1:]
(avis,) = [ecoute for ecoute in Remarques.listeners if ecoute.__name__.endswith("avis")]
passage = SimpleNamespace(dag_id=dag, run_id=f"manual__{dag}")
getattr(avis, f"on_dag_run_{fin}")(dag_run=passage, msg="")
