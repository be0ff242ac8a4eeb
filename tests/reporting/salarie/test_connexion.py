"""To come to his page: with the link and the code, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from reporting.salarie.application import create_salarie
from reporting.salarie.visiteur import COOKIE
from specs.salarie import read_regles
from tests.reporting.salarie.conftest import MAINTENANT
from warehouse.acces.salaries import Lien, give_lien

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

LUI = "f" * 32


class Pendule:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.heure = MAINTENANT

    def __call__(self) -> datetime:
        """Now."""
        return self.heure


@pytest.fixture(scope="module")
def maison(make_caisse: Callable[..., Caisse]) -> Maison:
    """A home where nothing is published."""
    return make_caisse().maison


@pytest.fixture
def pendule() -> Pendule:
    """Noon, until a test says otherwise."""
    return Pendule()


@pytest.fixture
def client(maison: Maison, pendule: Pendule) -> TestClient:
    """A browser that nobody uses yet."""
    return TestClient(create_salarie(maison, pendule, ["testserver"]), follow_redirects=False)


@pytest.fixture
def lien(maison: Maison) -> Lien:
    """A link to a page, and its code."""
    with maison.moteur.begin() as connexion:
        return give_lien(connexion, LUI, "test", "test", MAINTENANT)


def come(client: TestClient, lien: Lien, code: str) -> int:
    """What is answered to a code."""
    return client.post(f"/lien/{lien.jeton}", data={"code": code}).status_code


def test_the_link_and_the_code_open_a_short_session(
    client: TestClient, lien: Lien, pendule: Pendule
) -> None:
    """To look at a link uses nothing; its cookie is the browser's alone; idle, the page closes."""
    assert [client.get(f"/lien/{lien.jeton}").status_code for _ in range(3)] == [200] * 3
    reponse = client.post(f"/lien/{lien.jeton}", data={"code": lien.code})
    biscuit = reponse.headers["set-cookie"].lower()
    assert "httponly" in biscuit
    assert "samesite=lax" in biscuit
    assert client.get("/").status_code == 200
    assert "La caisse ne connaît rien de vous" in client.get("/").text
    assert reponse.headers["location"] == "/"
    pendule.heure += timedelta(minutes=read_regles().session_inactive_minutes)
    assert client.get("/").headers["location"] == "/entrer"


def test_a_stranger_with_the_link_stays_out(client: TestClient, lien: Lien) -> None:
    """Each wrong code is refused, then the link is dead for its owner too, who is told so."""
    faux = "0" * len(lien.code) if lien.code[0] != "0" else "1" * len(lien.code)
    essais = [come(client, lien, faux) for _ in range(read_regles().essais_code)]
    assert essais == [401] * (len(essais) - 1) + [404]
    assert come(client, lien, lien.code) == 404
    assert COOKIE not in client.cookies
    morte = client.get(f"/lien/{lien.jeton}")
    assert morte.status_code == 404
    assert "Demandez-en un autre à la caisse" in morte.text


def test_a_link_that_served_or_is_old_is_dead(
    client: TestClient, lien: Lien, maison: Maison, pendule: Pendule
) -> None:
    """Its code with it."""
    assert come(client, lien, lien.code) == 303
    assert come(client, lien, lien.code) == 404
    with maison.moteur.begin() as connexion:
        autre = give_lien(connexion, LUI, "test", "test", MAINTENANT)
    pendule.heure += timedelta(hours=read_regles().lien_heures)
    assert client.get(f"/lien/{autre.jeton}").status_code == 404
    assert come(client, autre, autre.code) == 404


def test_the_page_is_closed_by_its_owner(client: TestClient, lien: Lien) -> None:
    """By its own form; a form of another site does nothing."""
    assert come(client, lien, lien.code) == 303
    preuve = client.get("/conges").text.partition('name="preuve" value="')[2].partition('"')[0]
    assert client.post("/sortir", data={"preuve": "x" * 64}).status_code == 400
    ailleurs = {"origin": "https://ailleurs.example"}
    assert client.post("/sortir", data={"preuve": preuve}, headers=ailleurs).status_code == 400
    assert client.get("/conges").status_code == 200
    assert client.post("/sortir", data={"preuve": preuve}).headers["location"] == "/entrer"
    assert client.get("/conges").status_code == 303


@pytest.mark.parametrize(
    ("debut", "reprise", "dite"),
    [
        ("demain", "2030-01-01", "Donnez deux dates"),
        ("2030-01-02", "", "Donnez deux dates"),
        ("2030-01-02", "2030-01-02", "doit être après le premier jour"),
        ("2030-01-02", "2030-06-02", "Essayez un congé plus court"),
    ],
)
def test_dates_that_make_no_leave_are_told(
    client: TestClient, lien: Lien, debut: str, reprise: str, dite: str
) -> None:
    """In words, beside the form."""
    assert come(client, lien, lien.code) == 303
    page = client.get("/simuler", params={"debut": debut, "reprise": reprise})
    assert page.status_code == 200
    assert dite in page.text
