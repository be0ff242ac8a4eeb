"""A fund of two shards: the scheduler maps its tasks on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.conftest import Caisse


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows the companies of the sample files."""
    return make_caisse(nombre_parts=2)


class Recus(NamedTuple):
    """A server that takes notices: its address, what it was told."""

    adresse: str
    corps: list[dict[str, Any]]


@pytest.fixture
def webhook() -> Iterator[Recus]:
    """Where operators are told, until the end of the test."""
    corps: list[dict[str, Any]] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            corps.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Webhook) as serveur:
        Thread(target=serveur.serve_forever, daemon=True).start()
        yield Recus(f"http://127.0.0.1:{serveur.server_address[1]}/", corps)
        serveur.shutdown()
