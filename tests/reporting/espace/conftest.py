"""A fund with a called month, its space, and visitors who came in by an invitation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest
from fastapi.testclient import TestClient

from reporting.espace.application import create_espace
from reporting.sessions import COOKIE
from warehouse.acces.comptes import invite
from warehouse.acces.sessions import open_session
from warehouse.registre import YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
MAINTENANT = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
PHRASE = "une phrase assez longue"
# A firm of accountants with two companies, beside the one that has one.
MANDATS = "mandats_depot:\n" + "".join(
    f"  - {{mandataire: CABINET-02, siren: '{siren}', service: '{service}', debut: 2026-01-01}}\n"
    for siren in ("800000010", "999090012")
    for service in ("declarations", "comptabilite")
)
Visite = Callable[[str], TestClient]
Entre = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def fonds(make_appelee: Callable[..., Caisse]) -> Caisse:
    """Users, mandates, a call, then a file that can not be read."""
    registre = (BONS / "registre.yaml").read_text("utf-8")
    caisse = make_appelee(registre=registre.replace("mandats_depot:\n", MANDATS).encode())
    caisse.drop("A80001", "illisible.dsn", b"PK\x03\x04")
    caisse.pass_night(MAINTENANT.replace(day=5, hour=20))
    return caisse


@pytest.fixture(scope="module")
def visite(fonds: Caisse) -> Visite:
    """Browser of a user, connected."""
    maison = fonds.maison
    espace = create_espace(maison, horloge=lambda: MAINTENANT, hotes=["testserver"])

    def enter(utilisateur: str) -> TestClient:
        client = TestClient(espace, follow_redirects=False, raise_server_exceptions=False)
        with maison.moteur.begin() as connexion:
            jeton = invite(connexion, maison.archive.trousseau, utilisateur, MAINTENANT)
        page = client.get(f"/invitation/{jeton}").text
        (cle,) = re.findall(r'class="cle">([A-Z2-7 ]+)<', page)
        code = pyotp.TOTP(cle.replace(" ", "")).at(MAINTENANT)
        donnees = {"mot_de_passe": PHRASE, "code": code}
        assert client.post(f"/invitation/{jeton}", data=donnees).status_code == 303
        return client

    return enter


@pytest.fixture
def inscrite(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund of two companies and their users; nothing is published."""
    caisse = make_caisse()
    caisse.learn((BONS / "registre.yaml").read_bytes(), YAML)
    return caisse


@pytest.fixture
def entre(inscrite: Caisse) -> Entre:
    """Browser of a user who is in."""
    espace = create_espace(inscrite.maison, horloge=lambda: MAINTENANT, hotes=["testserver"])

    def enter(utilisateur: str) -> TestClient:
        client = TestClient(espace, follow_redirects=False, raise_server_exceptions=False)
        with inscrite.maison.moteur.begin() as connexion:
            client.cookies.set(COOKIE, open_session(connexion, utilisateur, MAINTENANT))
        return client

    return enter
