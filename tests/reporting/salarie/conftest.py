"""Funds with employees, and how one of them comes to his page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import polars as pl
import pytest
from fastapi.testclient import TestClient

from pipelines.metiers import METIERS
from pipelines.nuit.passage import Passage, run_nuit
from reporting.salarie.application import create_salarie
from tests.nuit.test_deux_ans import FICHIERS, MEMBRES, arrivals
from warehouse.acces.salaries import give_lien

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

NUIT = date(2025, 7, 31)  # the order of the leave of August goes to the bank
GEL = date(2025, 1, 27)  # the stop of January is declared in time
MAINTENANT = datetime(2025, 8, 1, 9, 0, tzinfo=UTC)
Entre = Callable[["Maison", str], TestClient]


@pytest.fixture(scope="session")
def fonds(make_caisse: Callable[..., Caisse]) -> Caisse:
    """One employee of two companies: rights, a leave that is paid, an illness, three days of frost.

    Everything came before one night; to be read only, but for links and what is asked.
    """
    caisse = make_caisse(MEMBRES.encode())
    caisse.learn((FICHIERS / "registre.yaml").read_bytes(), "yaml")
    avant = date.min
    for recu in (GEL, NUIT):
        for jour, fichiers in arrivals().items():
            if avant < jour <= recu:
                for boite, nom in fichiers:
                    caisse.drop(boite, nom, (FICHIERS / nom).read_bytes())
        caisse.receive(datetime.combine(recu, time(20), tzinfo=UTC))
        avant = recu
    soir = datetime.combine(NUIT, time(20), tzinfo=UTC)
    run_nuit(Passage(caisse.maison, NUIT, soir, METIERS))
    return caisse


@pytest.fixture(scope="session")
def voyageur(fonds: Caisse) -> str:
    """The pseudonym of the employee."""
    return str(fonds.read("droits").select(pl.col("salarie").first()).item())


@pytest.fixture(scope="session")
def entre() -> Entre:
    """Browser of an employee who has just come in."""

    def enter(maison: Maison, salarie: str) -> TestClient:
        application = create_salarie(maison, lambda: MAINTENANT, ["testserver"])
        client = TestClient(application, follow_redirects=False)
        with maison.moteur.begin() as connexion:
            lien = give_lien(connexion, salarie, "test", "test", MAINTENANT)
        reponse = client.post(f"/lien/{lien.jeton}", data={"code": lien.code})
        assert reponse.status_code == 303
        return client

    return enter
