"""``python -m reporting``: the portal on the loopback of this machine."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from reporting.portail import create_portail
from warehouse.maison import open_maison
from warehouse.reglages import Reglages

HOTE = "127.0.0.1"


def serve(
    port: Annotated[int, typer.Option(help="Port d'écoute.", min=1, max=65535)] = 8080,
) -> None:
    """Ouvre le portail : ce qui est publié, dans un navigateur, sur cette machine seulement."""
    portail = create_portail(open_maison(Reglages()))
    typer.echo(f"Portail : http://{HOTE}:{port}/ (Ctrl-C pour l'arrêter)")
    uvicorn.run(portail, host=HOTE, port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    typer.run(serve)
