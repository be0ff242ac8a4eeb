"""Every five minutes: claim the complete files of companies, read and check them, answer each."""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import dag, get_current_context, task


@dag(
    schedule=os.environ.get("CAISSE_HORAIRE_RECEPTION", "*/5 * * * *"),
    catchup=False,
    max_active_runs=1,
    tags=["reception", "critique"],
    default_args={
        "pool": "sftp",
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
)
def reception() -> None:
    """Three tasks: the claim of every complete file, its control, the hand-over of the answers."""

    @task
    def recevoir() -> dict[str, int]:
        """Claim, archive, journal, answer; how many were answered, wait, are set aside."""
        from pipelines import ordonnancement

        return ordonnancement.recevoir(get_current_context())

    @task(pool="calcul")
    def controler() -> int:
        """Read and check what was received, unless a night is doing it; how many lots."""
        from pipelines import ordonnancement

        return ordonnancement.controler(get_current_context())

    @task
    def remettre() -> dict[str, int]:
        """Hand over what is owed; how many files."""
        from pipelines import ordonnancement

        return ordonnancement.remettre(get_current_context())

    recevoir() >> controler() >> remettre()


passage = reception()
