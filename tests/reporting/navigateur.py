"""A page served by uvicorn on a free port of the loopback, and a real browser to read it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOUT_EXIGE = os.environ.get("CAISSE_EXIGE_TOUT") == "1"

EXIGE = [
    pytest.mark.navigateur,
    pytest.mark.skipif(
        not CHROMIUM.exists() and not TOUT_EXIGE,
        reason=f"{CHROMIUM} est absent ; CAISSE_EXIGE_TOUT=1 en fait un échec",
    ),
]


class _Serveur(uvicorn.Server):
    """A server that says when it listens, and on which port."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ecoute = threading.Event()

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        self.ecoute.set()

    @property
    def adresse(self) -> str:
        hote, port = self.servers[0].sockets[0].getsockname()
        return f"http://{hote}:{port}"


@contextmanager
def serve(application: FastAPI) -> Iterator[str]:
    """Address of an application, as long as the body lasts."""
    config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning")
    serveur = _Serveur(config)
    fil = threading.Thread(target=serveur.run)
    fil.start()
    assert serveur.ecoute.wait(timeout=30)
    yield serveur.adresse
    serveur.should_exit = True
    fil.join(timeout=30)


@contextmanager
def open_navigateur() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    assert CHROMIUM.exists(), "CAISSE_EXIGE_TOUT=1 demande Chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield chromium
        chromium.close()
