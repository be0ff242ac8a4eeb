"""What the suite starts, and itself, speak to this machine alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

AILLEURS = "192.0.2.1"  # of no machine: kept for documentation (RFC 5737)
PARLE = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"


@pytest.fixture
def ecoute() -> Iterator[int]:
    """A port of this machine where something listens."""
    with socket.create_server(("127.0.0.1", 0)) as serveur:
        yield serveur.getsockname()[1]


def test_this_process_speaks_to_no_other_machine() -> None:
    """By TCP, by UDP, not even to ask a name."""
    with pytest.raises(PermissionError, match="sa machine"):
        socket.create_connection((AILLEURS, 9))
    with socket.socket(type=socket.SOCK_DGRAM) as udp, pytest.raises(PermissionError):
        udp.sendto(b"", (AILLEURS, 9))
    with pytest.raises(socket.gaierror, match="serveur de noms"):
        socket.getaddrinfo("caisse.example", 443)


def test_it_speaks_to_its_own(ecoute: int) -> None:
    """By its address and by its name."""
    for hote in ("127.0.0.1", "localhost"):
        socket.create_connection((hote, ecoute), 5).close()


def test_what_it_starts_does_not_either(ecoute: int) -> None:
    """In Python or not, whatever the language: the call is that of the C library."""
    ici = subprocess.run([sys.executable, "-c", PARLE, "127.0.0.1", str(ecoute)], check=False)
    assert ici.returncode == 0
    for commande in (
        [sys.executable, "-c", PARLE, AILLEURS, "9"],
        ["bash", "-c", f"exec 3<>/dev/tcp/{AILLEURS}/9"],
    ):
        refuse = subprocess.run(commande, capture_output=True, text=True, check=False)
        assert refuse.returncode != 0
        assert "Permission" in refuse.stderr
