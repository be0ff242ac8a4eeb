"""The night: its tasks are those of the businesses, in their order; shards and lots are mapped.

Only what is new is run, and every task is idempotent.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import (
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    dag,
    get_current_context,
    task,
)

from pipelines.metiers import METIERS
from pipelines.nuit.ordre import list_temps

# A date that is refused stays refused.
SANS_REPRISE = RetryRule(
    exception="pipelines.nuit.date_arrete.DateRefusee", action=RetryAction.FAIL
)
REPRISE = {
    "pool": "calcul",
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "retry_policy": ExceptionRetryPolicy([SANS_REPRISE]),
    "execution_timeout": timedelta(minutes=30),
    "trigger_rule": "none_failed",  # no lot, or no shard with something new, is no failure
}


@task
def etape(verbe: str, temps: str, argument: str | int | None = None) -> Any:  # noqa: ANN401 - ids
    """Plan or run one task of the night, on the lot or shard that it is given."""
    from pipelines import ordonnancement

    arguments = () if argument is None else (argument,)
    return getattr(ordonnancement, verbe)(get_current_context(), temps, *arguments)


@dag(
    schedule=CronTriggerTimetable(
        os.environ.get("CAISSE_HORAIRE_NUIT", "0 22 * * *"), timezone="Europe/Paris"
    ),
    catchup=False,
    max_active_runs=1,
    tags=["nuit", "critique"],
    params={
        "date_arrete": Param(None, type=["null", "string"], format="date"),
        "maintenant": Param(None, type=["null", "string"], format="date-time"),
    },
    default_args=REPRISE,
    doc_md=__doc__,
)
def nuit() -> None:
    """Wiring only: ids go from task to task, data stay in the stores."""
    derniere, plans = None, {}
    for temps in list_temps(METIERS):
        tache = etape.override(task_id=temps.nom, pool=temps.pool)
        if temps.plans_itself:
            planifie = etape.override(task_id=f"planifier_{temps.nom}")
            plans[temps.nom] = plan = planifie("planifier", temps.nom)
            derniere = derniere >> plan if derniere else plan
        if temps.planifie:
            partielle = tache.partial(verbe="executer", temps=temps.nom)
            suivante = partielle.expand(argument=plans[temps.planifie])
        else:
            suivante = tache("executer", temps.nom)
        derniere = derniere >> suivante if derniere else suivante


passage = nuit()
