"""The door: who is let in, who waits, and what a form of another site obtains."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from reporting.espace.application import create_espace
from tests.reporting.espace.conftest import MAINTENANT, PHRASE

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from tests.reporting.espace.conftest import Visite

SIREN = "800000010"
DEPOT = f"/e/{SIREN}/deposer"


def test_a_wrong_word_and_an_unknown_name_are_refused_alike(fonds: Caisse, visite: Visite) -> None:
    """Then the name waits: nobody tries for long."""
    visite("A80001-PAIE")
    client = TestClient(create_espace(fonds.maison, lambda: MAINTENANT, ["testserver"]))
    essai = {"utilisateur": "A80001-PAIE", "mot_de_passe": PHRASE, "code": "000000"}
    refus = [client.post("/connexion", data=essai) for _ in range(5)]
    inconnu = client.post("/connexion", data=essai | {"utilisateur": "PERSONNE"})
    assert {r.status_code for r in (*refus, inconnu)} == {401}
    assert "Identifiant, mot de passe ou code inconnus." in inconnu.text
    assert "Identifiant, mot de passe ou code inconnus." in refus[-1].text
    assert "attendre 15 minutes" in client.post("/connexion", data=essai).text


def test_a_session_is_closed_by_its_own_form(visite: Visite) -> None:
    """Without the proof of the session, or from elsewhere, the form does nothing."""
    adm = visite("A80001-ADM")
    (preuve,) = set(re.findall(r'name="preuve" value="(\w+)"', adm.get(f"/e/{SIREN}").text))
    assert adm.post("/deconnexion", data={"preuve": "autre"}).status_code == 400
    ailleurs = {"origin": "https://ailleurs.example"}
    assert adm.post("/deconnexion", data={"preuve": preuve}, headers=ailleurs).status_code == 400
    assert adm.get(f"/e/{SIREN}").status_code == 200
    assert adm.post("/deconnexion", data={"preuve": preuve}).status_code == 303
    assert adm.get(f"/e/{SIREN}").headers["location"] == "/connexion"


def test_the_cookie_is_the_browsers_alone(visite: Visite) -> None:
    """No script reads it; it is not sent for another site."""
    (cookie,) = visite("A80001-ADM").cookies.jar
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"


def test_a_file_is_dropped_with_its_digest(visite: Visite, fonds: Caisse) -> None:
    """Whole, under its name, in the box; never over another, nor outside."""
    adm = visite("A80001-ADM")
    (preuve,) = set(re.findall(r'name="preuve" value="(\w+)"', adm.get(DEPOT).text))

    def drop(nom: str, octets: bytes = b"S10.G00.00.001,'x'\n") -> int:
        fichier = {"fichier": (nom, octets)}
        return adm.post(DEPOT, data={"preuve": preuve}, files=fichier).status_code

    boite = Path(fonds.box("A80001", "depot"))
    avant = {f.name for f in boite.iterdir()}
    assert drop("avril 2026.dsn") == 200
    assert {f.name for f in boite.iterdir()} - avant == {
        "avril 2026.dsn",
        "avril 2026.dsn.sha256",
    }
    assert drop("avril 2026.dsn") == 400
    for nom in ("../dehors.dsn", ".cache.dsn", "a/b.dsn", "x.sha256", "a" * 200):
        assert drop(nom) == 400, nom
    assert drop("vide.dsn", b"") == 400
    recus = fonds.receive(MAINTENANT)
    assert recus.depots
    assert {f.name for f in boite.iterdir()} == avant
    assert visite("A80001-PAIE").post(DEPOT, files={"fichier": ("x.dsn", b"x")}).status_code == 400
