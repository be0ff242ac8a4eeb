"""Homes on both SQL engines: SQLite, and one real PostgreSQL server for the session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.postgresql import VIDE, create_base, serve_postgresql
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages

INSTANT = "2026-03-01T21:00:00Z"


@pytest.fixture(scope="session")
def make_base() -> Iterator[Callable[[str], tuple[str, str]]]:
    """Maker of a database of one server, a copy of another one: its name and its address."""
    with serve_postgresql() as serveur:
        yield partial(create_base, serveur)


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
