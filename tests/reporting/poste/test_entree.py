"""Who enters the desk, by which door, with which rights; nobody else sees that a page is there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from cli.application import application
from reporting.espace.application import create_espace
from reporting.poste.application import create_poste
from reporting.poste.operateur import read_operateur, read_signataire
from reporting.sessions import COOKIES
from tests.reporting.poste.conftest import (
    MAINTENANT,
    SIGNE,
    SIREN,
    Entre,
    open_jeton,
    sign,
)
from warehouse.acces.operateurs import (
    REQUIS,
    Droit,
    OperateurRefuse,
    close_operateur,
    invite_operateur,
    may,
    read_droits,
)
from warehouse.acces.portes import Porte
from warehouse.acces.sessions import open_session
from warehouse.audit import read_objets

if TYPE_CHECKING:
    from tests.conftest import Caisse

PHRASE = "une phrase assez longue"
OUVERTES = {"/connexion", "/invitation/{jeton}", "/deconnexion", "/statique"}


def functions_of(dependance: Dependant) -> set[object]:
    """What a route calls before it answers."""
    return {dependance.call}.union(*map(functions_of, dependance.dependencies))


def test_every_page_asks_who_reads_it(fonds: Caisse) -> None:
    """Each route but the door's; a form that changes something asks for its proof besides."""
    routes = [r for r in create_poste(fonds.maison).routes if isinstance(r, APIRoute)]
    gardees = [route for route in routes if route.path not in OUVERTES]
    assert len(gardees) > 15
    for route in gardees:
        demandees = functions_of(route.dependant)
        garde = read_signataire if "POST" in route.methods else read_operateur
        assert garde in demandees, route.path


def test_a_stranger_is_shown_the_door(fonds: Caisse) -> None:
    """Whatever the page, and with a token that somebody made up."""
    client = TestClient(create_poste(fonds.maison, lambda: MAINTENANT, ["testserver"]))
    for chemin in ("/", "/nuits", "/files", "/banque", f"/entreprise/{SIREN}", "/consultations"):
        for jeton in ("", "inventé".encode().hex()):
            client.cookies.set(COOKIES[Porte.POSTE], jeton)
            reponse = client.get(chemin, follow_redirects=False)
            assert (reponse.status_code, reponse.headers["location"]) == (303, "/connexion")


def test_each_door_opens_to_its_own_alone(fonds: Caisse) -> None:
    """A user's token is nothing at the desk, an operator's nothing in the space; nor is a form."""
    maison = fonds.maison
    with maison.moteur.begin() as connexion:
        utilisateur = open_session(connexion, "A80001-ADM", MAINTENANT)
        trousseau = maison.archive.trousseau
        invitation = invite_operateur(connexion, trousseau, "carl", {Droit.ACTE}, SIGNE, MAINTENANT)
    operateur = open_jeton(maison, "anne", MAINTENANT)
    espace = create_espace(maison, lambda: MAINTENANT, ["testserver"])
    poste = create_poste(maison, lambda: MAINTENANT, ["testserver"])
    for lieu, porte, jeton, entre in (
        (espace, Porte.ESPACE, utilisateur, True),
        (espace, Porte.ESPACE, operateur, False),
        (poste, Porte.POSTE, operateur, True),
        (poste, Porte.POSTE, utilisateur, False),
    ):
        client = TestClient(lieu, follow_redirects=False)
        client.cookies.set(COOKIES[porte], jeton)
        assert (client.get("/").headers.get("location") != "/connexion") is entre
    assert TestClient(espace).get(f"/invitation/{invitation}").status_code == 404
    page = TestClient(poste).get(f"/invitation/{invitation}").text
    (cle,) = re.findall(r'class="cle">([A-Z2-7 ]+)<', page)
    code = pyotp.TOTP(cle.replace(" ", "")).at(MAINTENANT)
    donnees = {"mot_de_passe": PHRASE, "code": code}
    accepte = TestClient(poste, follow_redirects=False).post(
        f"/invitation/{invitation}", data=donnees
    )
    assert (accepte.status_code, accepte.headers["location"]) == (303, "/")
    suivant = pyotp.TOTP(cle.replace(" ", "")).at(MAINTENANT + timedelta(seconds=30))
    for lieu, nom, attendu in ((espace, "poste:carl", 401), (poste, "carl", 303)):
        tape = {"utilisateur": nom, "mot_de_passe": PHRASE, "code": suivant}
        client = TestClient(lieu, follow_redirects=False)
        if lieu is espace:
            tape["code"] = pyotp.TOTP(cle.replace(" ", "")).at(MAINTENANT)
        assert client.post("/connexion", data=tape).status_code == attendu


def test_who_only_reads_is_offered_no_act_and_does_none(entre: Entre) -> None:
    """No form but the search and the way out; what he sends all the same is refused."""
    lise = entre("lise")
    for chemin in ("/depot/D00000001", "/decisions", "/retraitements", "/nuits"):
        assert 'action="/actes"' not in lise.get(chemin).text
    donnees = {"preuve": sign(lise), "motif": "vu", "voie": "faire"}
    acte = {"genre": "decision", "nature": "MISE_A_L_ECART", "depot": "D00000001"}
    refus = lise.post("/actes", data=donnees | acte)
    assert (refus.status_code, "ne permet pas cela" in refus.text) == (403, True)
    assert lise.post("/actes", data=acte | {"preuve": "fausse"}).status_code == 400


def test_one_function_says_what_each_right_opens() -> None:
    """To read is of everyone; nobody approves by the right to ask."""
    assert all(may({droit}, "lecture") for droit in Droit)
    assert not may({Droit.ACTE}, "accord")
    assert not may({Droit.APPROBATION}, "retraitement")
    assert not any(may(set(), acte) for acte in REQUIS)
    assert not any(may({Droit.LECTURE}, acte) for acte in REQUIS if acte != "lecture")


def test_an_access_is_given_changed_and_taken_by_name(
    fonds: Caisse, entre: Entre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time in the audit trail; what was open is closed at once."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(fonds.maison.reglages.dossier))
    acte = ["--auteur", "chef", "--motif", "arrivée"]
    donne = CliRunner().invoke(application, ["poste", "inviter", "dora", "--droit", "acte", *acte])
    assert (donne.exit_code, "/invitation/" in donne.stdout) == (0, True)
    with fonds.maison.moteur.connect() as connexion:
        assert read_droits(connexion, "dora") == {Droit.LECTURE, Droit.ACTE}
        assert "dora : acte lecture" in read_objets(connexion, "invitation au poste")
    dora = entre("dora")
    assert dora.get("/nuits").status_code == 200
    assert "dora  acte, lecture" in CliRunner().invoke(application, ["poste", "operateurs"]).stdout
    assert CliRunner().invoke(application, ["poste", "fermer", "dora", *acte]).exit_code == 0
    assert dora.get("/nuits").headers["location"] == "/connexion"
    assert CliRunner().invoke(application, ["poste", "fermer", "dora", *acte]).exit_code == 1
    for nom in ("A80001-ADM", "poste:anne", "x", "é"):
        trousseau = fonds.maison.archive.trousseau
        with fonds.maison.moteur.begin() as connexion, pytest.raises(OperateurRefuse):
            invite_operateur(connexion, trousseau, nom, set(), SIGNE, MAINTENANT)
    with fonds.maison.moteur.begin() as connexion, pytest.raises(OperateurRefuse):
        close_operateur(connexion, "personne", SIGNE, MAINTENANT)
