"""Operators are told, by mail or webhook (CAISSE_AVIS_...), of a run that failed or has reserves.

The words are those of the run and of counts: nothing personal leaves.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

if TYPE_CHECKING:
    from airflow.models import DagRun

NUIT = "nuit"
BLOQUEE = "docs/exploitation.md, « Une nuit bloquée »"
DAGS = dict.fromkeys((NUIT, "reception", "editique", "entretien"), BLOQUEE) | {
    "retraitement": "docs/retraitement.md, « Depuis Airflow »"
}


@hookimpl
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001 - names of the hook
    """A run of ours failed: which one, where to look."""
    if dag_run.dag_id in DAGS:
        _warn(
            f"{dag_run.dag_id} : échec",
            f"Passage {dag_run.run_id} : les tâches en échec sont dans les écrans d'Airflow.",
            f"Que faire : {DAGS[dag_run.dag_id]}.",
        )


@hookimpl
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001 - names of the hook
    """A night left alerts open: how many."""
    if dag_run.dag_id != NUIT:
        return
    from pipelines.nuit.reserves.alertes import describe_reserves
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    reserves = describe_reserves(open_maison(Reglages()))
    if reserves:
        _warn("nuit publiée avec réserves", reserves)


def _warn(sujet: str, *lignes: str) -> None:
    from warehouse.exploitation.avis import send_avis
    from warehouse.reglages import Reglages

    for echec in send_avis(Reglages(), sujet, lignes):
        print(echec, file=sys.stderr)  # noqa: T201 - the log of the scheduler
