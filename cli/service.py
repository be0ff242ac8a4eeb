"""What the applications of the reporting layer are served with: uvicorn, the desk beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from pipelines.guichet.veille import Repond


def serve(application: FastAPI, port: int, guichets: Sequence[Repond] = ()) -> None:
    """Serve an application on this machine alone, and answer beside it what it asks the engine.

    Each desk is another process, which ends with this one; without `guichets`, it is the one that
    answers companies and employees.
    """
    from multiprocessing import get_context

    import uvicorn

    from pipelines.guichet.reponses import answer_demandes
    from reporting.socle import HOTES

    for repond in guichets or [answer_demandes]:
        get_context("spawn").Process(target=keep_open, args=(repond,), daemon=True).start()
    uvicorn.run(
        application,
        host=HOTES[0],
        port=port,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=HOTES[0],
    )


def keep_open(repond: Repond) -> None:
    """Answer what is asked, as long as the process that serves lives."""
    from multiprocessing import parent_process

    from pipelines.guichet.veille import keep_guichet
    from pipelines.metiers import METIERS
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    servie = parent_process()

    def is_servie() -> bool:
        return servie is not None and servie.is_alive()

    keep_guichet(open_maison(Reglages()), METIERS, is_servie, repond=repond)
