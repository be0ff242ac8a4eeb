"""What a run that succeeds has to say is in its note: the reserves of a night, a reprocessing.

Airflow gives a task no means to write the note of its run; the scheduler tells its listeners of the
end of a run while it is writing it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin
from airflow.utils.session import create_session
from sqlalchemy.orm import object_session

from dags.greffons import avis

if TYPE_CHECKING:
    from airflow.models import DagRun


@hookimpl
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001 - names of the hook
    """Write how many alerts a night leaves open, what became of a reprocessing that was asked."""
    remarque = REMARQUES.get(dag_run.dag_id, _say_nothing)(dag_run)
    if remarque:
        _write(dag_run, remarque)


def _say_nothing(_passage: DagRun) -> str | None:
    return None


def _describe_nuit(_passage: DagRun) -> str | None:
    from pipelines.nuit.reserves.alertes import describe_reserves
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    return describe_reserves(open_maison(Reglages()))


def _describe_retraitement(passage: DagRun) -> str | None:
    from pipelines.ordonnancement.retraitements import describe_suite

    return describe_suite(passage.triggering_user_name, passage.run_after)


REMARQUES = {"nuit": _describe_nuit, "retraitement": _describe_retraitement}


def _write(dag_run: DagRun, remarque: str) -> None:
    """Write the note of a run, in the scheduler's transaction; a run in process has none open."""
    if object_session(dag_run) is not None:
        dag_run.note = remarque
        return
    with create_session() as session:
        session.get_one(type(dag_run), dag_run.id).note = remarque


class Remarques(AirflowPlugin):
    """Registers this module, and that of the notices, as listeners."""

    name = "caisse_remarques"
    listeners = (sys.modules[__name__], avis)
