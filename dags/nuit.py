"""The night: controle, declarations, cotisations, accounts, audit, publication, files handed over.

Shards are mapped, and only those with something new; every step is idempotent.
"""

from __future__ import annotations

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
def etape(nom: str, argument: str | int | None = None) -> Any:  # noqa: ANN401 - ids, as JSON
    """Run one step of `pipelines.nuit.ordonnancement`, on the lot or shard that it is given."""
    from pipelines.nuit import ordonnancement

    arguments = () if argument is None else (argument,)
    return getattr(ordonnancement, nom)(get_current_context(), *arguments)


@dag(
    schedule=CronTriggerTimetable("0 22 * * *", timezone="Europe/Paris"),
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
    recevoir = etape.override(task_id="recevoir", pool="sftp")("recevoir_nuit")
    lots = etape.override(task_id="planifier_lots")("planifier_lots")
    controler = etape.override(task_id="controler").partial(nom="controler").expand(argument=lots)
    parts = etape.override(task_id="planifier_parts")("planifier_parts")
    integrer = etape.override(task_id="integrer").partial(nom="integrer").expand(argument=parts)
    appeler = etape.override(task_id="appeler").partial(nom="appeler").expand(argument=parts)
    rapprocher = etape.override(task_id="rapprocher")("rapprocher")
    comptes = etape.override(task_id="planifier_comptes")("planifier_comptes")
    tenir = etape.override(task_id="tenir_comptes").partial(nom="tenir_comptes")
    tenir_comptes = tenir.expand(argument=comptes)
    auditer = etape.override(task_id="auditer")("auditer")
    publier = etape.override(task_id="publier", pool="publication")("publier")
    remettre = etape.override(task_id="remettre", pool="sftp")("remettre_fichiers")
    recevoir >> lots
    controler >> parts
    integrer >> appeler >> rapprocher >> comptes
    tenir_comptes >> auditer >> publier >> remettre


passage = nuit()
