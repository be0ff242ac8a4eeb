"""On demand: what deposits done again, or withdrawn, would change, then the word of another person.

Nothing is published here: the night that follows an approval does it.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import (
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    dag,
    get_current_context,
    task,
)

from dags.demandes.accord import Accord
from dags.demandes.formulaire import EXPLICATION, FORMULAIRE

# What is refused stays refused; a night that runs will end.
SANS_REPRISE = (
    "pipelines.retraitement.effets.RetraitementRefuse",
    "pipelines.retraitement.perimetres.PerimetreVide",
    "specs.periodes.PeriodeRefusee",
    "warehouse.decisions.DecisionRefusee",
)


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=16,  # a request that waits for its answer keeps no other from being made
    tags=["retraitement"],
    params=FORMULAIRE,
    default_args={
        "pool": "calcul",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_policy": ExceptionRetryPolicy(
            [RetryRule(exception=nom, action=RetryAction.FAIL) for nom in SANS_REPRISE]
        ),
        "execution_timeout": timedelta(hours=1),
    },
    doc_md=EXPLICATION,
)
def retraitement() -> None:
    """The effect, then the answer."""

    @task.short_circuit
    def demander() -> int | None:
        """Compute and record the effect: number of the request; none when nothing would change."""
        from pipelines.ordonnancement import retraitements

        return retraitements.demander(get_current_context())

    Accord(task_id="decider", pool="publication", demande=demander())


passage = retraitement()
