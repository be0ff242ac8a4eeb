"""Ask for reprocessings in this process, answer them as a server would; what became, as JSON.

AIRFLOW_HOME=... CAISSE_DOSSIER=... python retraite.py 2026-04-06T20:00:00+00:00 '[
    {"conf": {...}, "reponses": [["anne", "Approuver", "vu"]]}]'
"""

import json
import os
import sys
import threading
import time
import traceback
from datetime import datetime, timedelta
from types import SimpleNamespace

from cli.airflow.environnement import migrate_base

migrate_base()

from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload  # noqa: E402
from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail  # noqa: E402
from airflow.models.hitl import HITLDetail  # noqa: E402
from airflow.models.taskinstance import TaskInstance  # noqa: E402
from airflow.models.xcom import XComModel  # noqa: E402
from airflow.utils.session import create_session  # noqa: E402
from sqlalchemy import select  # noqa: E402

from dags import retraitement  # noqa: E402 - read once Airflow has its database

PAUSE_S = 0.2


def fail_all(echec: threading.ExceptHookArgs) -> None:
    """What fails in the thread ends the process: the run would wait for ever."""
    traceback.print_exception(echec.exc_value)
    os._exit(1)


def answer(run_after: datetime, reponses: list[list[str]], vus: list[str]) -> None:
    """Answer the run, each time that it waits, with the next user, option and reason."""
    while reponses:
        time.sleep(PAUSE_S)
        with create_session() as session:
            attend = session.scalar(
                select(TaskInstance).where(TaskInstance.state == "awaiting_input")
            )
            if attend is None or attend.dag_run.run_after != run_after:
                continue
            nom, choix, motif = reponses.pop(0)
            update_hitl_detail(
                attend.dag_id,
                attend.run_id,
                attend.task_id,
                UpdateHITLDetailPayload(chosen_options=[choix], params_input={"motif": motif}),
                SimpleNamespace(get_id=lambda nom=nom: nom, get_name=lambda nom=nom: nom),
                session,
            )
            vus.append(session.get_one(HITLDetail, attend.id).body)


threading.excepthook = fail_all
dits = []
for rang, demande in enumerate(json.loads(sys.argv[2])):
    instant = datetime.fromisoformat(sys.argv[1]) + timedelta(minutes=rang)
    vus: list[str] = []
    threading.Thread(target=answer, args=(instant, demande["reponses"], vus), daemon=True).start()
    passage = retraitement.passage.test(
        run_after=instant, logical_date=instant, run_conf=demande["conf"]
    )
    with create_session() as session:
        taches = {t.task_id: str(t.state) for t in passage.get_task_instances(session=session)}
        dits_par = select(XComModel.task_id, XComModel.key, XComModel.value).where(
            XComModel.run_id == passage.run_id
        )
        xcoms = sorted(map(list, session.execute(dits_par)))
        note = session.get_one(type(passage), passage.id).note
    dits.append(
        {
            "etat": str(passage.state),
            "taches": taches,
            "xcoms": xcoms,
            "note": note,
            "vus": vus,
            "restent": demande["reponses"],
        }
    )
sys.stdout.write("\n")
sys.stdout.write(json.dumps(dits))
