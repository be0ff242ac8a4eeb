"""What the applications of the reporting layer are served with: uvicorn, the desk beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve(application: FastAPI, port: int) -> None:
    """Serve an application on this machine alone, and answer beside it what it asks the engine.

    The desk is another process, which ends with this one.
    """
    from multiprocessing import get_context

    import uvicorn

    from reporting.socle import HOTES

    guichet = get_context("spawn").Process(target=answer_demandes, daemon=True)
    guichet.start()
    uvicorn.run(
        application,
        host=HOTES[0],
        port=port,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=HOTES[0],
    )


def answer_demandes() -> None:
    """Answer what is asked, as long as the process that serves lives."""
    from multiprocessing import parent_process

    from pipelines.guichet.veille import keep_guichet
    from pipelines.metiers import METIERS
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    servie = parent_process()
    keep_guichet(open_maison(Reglages()), METIERS, lambda: servie is not None and servie.is_alive())
