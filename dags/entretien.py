"""Once a year, after the closing of 31 March: withdraw what is no longer kept of the past."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task


@dag(
    schedule=os.environ.get("CAISSE_HORAIRE_ENTRETIEN", "0 6 1 6 *"),
    catchup=False,
    max_active_runs=1,
    tags=["entretien"],
    params={"maintenant": Param(None, type=["null", "string"], format="date-time")},
    default_args={
        "pool": "publication",
        "retries": 2,
        "retry_delay": timedelta(hours=1),  # a night may be running
        "execution_timeout": timedelta(hours=6),
    },
    doc_md=__doc__,
)
def entretien() -> None:
    """One task, which is taken up where it stopped."""

    @task
    def entretenir() -> Any:  # noqa: ANN401 - figures
        """Withdraw publications, then the files that nobody reads; how many."""
        from pipelines import ordonnancement

        return ordonnancement.entretenir(get_current_context())

    entretenir()


passage = entretien()
