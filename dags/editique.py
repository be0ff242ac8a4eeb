"""Every five minutes: draw the documents of what is published, then hand them over.

The night's end does not wait for it: what machines read left with the publication.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task


@dag(
    schedule=os.environ.get("CAISSE_HORAIRE_EDITIQUE", "*/5 * * * *"),
    catchup=False,
    max_active_runs=1,
    tags=["editique"],
    params={"maintenant": Param(None, type=["null", "string"], format="date-time")},
    default_args={
        "pool": "calcul",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=30),
        "trigger_rule": "none_failed",  # nothing to draw is no failure
    },
    doc_md=__doc__,
)
def editique() -> None:
    """The plan, a task a shard with something to draw, the hand-over."""

    @task
    def planifier_dessiner() -> list[int]:
        """Shards with documents to draw."""
        from pipelines import ordonnancement

        return ordonnancement.planifier_dessins(get_current_context())

    @task
    def dessiner(part: int) -> Any:  # noqa: ANN401 - figures
        """Draw the documents of a shard; how many."""
        from pipelines import ordonnancement

        return ordonnancement.dessiner(get_current_context(), part)

    @task(pool="sftp", trigger_rule="all_done")
    def remettre() -> dict[str, int]:
        """Hand over what is owed; how many files."""
        from pipelines import ordonnancement

        return ordonnancement.remettre(get_current_context())

    dessiner.expand(part=planifier_dessiner()) >> remettre()


passage = editique()
