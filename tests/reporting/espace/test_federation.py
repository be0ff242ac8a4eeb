"""To come in by an identity provider: a real one, on the loopback, that a test makes lie."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import SecretStr

from reporting.espace.application import create_espace
from tests.reporting.espace.conftest import MAINTENANT

if TYPE_CHECKING:
    from tests.conftest import Caisse

CLIENT, SECRET, SIREN = "espace", "un secret partagé", "800000010"
DEPART = "/connexion/federee"
Jeton = Callable[[dict[str, Any]], dict[str, Any]]


class Fournisseur(ThreadingHTTPServer):
    """An identity provider whose every user is `qui`; `ment` alters what its tokens say."""

    qui: str = "A80001-ADM"
    ment: Jeton = staticmethod(dict)
    issuer: str = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reponses)
        self.adresse = f"http://127.0.0.1:{self.server_address[1]}"
        self.cle = self.signe = ECKey.generate_key("P-256", {"kid": "1"})
        self.codes: dict[str, dict[str, str]] = {}

    def describe(self) -> dict[str, str]:
        """The document of discovery."""
        noms = {"authorization_endpoint": "/authorize", "token_endpoint": "/token"}
        lieux = {nom: self.adresse + lieu for nom, lieu in {**noms, "jwks_uri": "/jwks"}.items()}
        return {"issuer": self.issuer or self.adresse, **lieux}

    def authorize(self, demande: Mapping[str, str]) -> str:
        """Where the browser comes back, with a code that is worth a token, once."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = dict(demande)
        retour = urlencode({"code": code, "state": demande["state"], "iss": self.adresse})
        return f"{demande['redirect_uri']}?{retour}"

    def exchange(
        self, demande: Mapping[str, str], client: tuple[str, str]
    ) -> dict[str, str] | None:
        """A token for a code; none to another client, for another verifier, or twice."""
        depart = self.codes.pop(demande["code"], None)
        prouve = create_s256_code_challenge(demande["code_verifier"])
        if client != (CLIENT, SECRET) or depart is None or depart["code_challenge"] != prouve:
            return None
        instant = int(MAINTENANT.timestamp())
        dit = {"iss": self.adresse, "aud": CLIENT, "sub": "42", "nonce": depart["nonce"]}
        dit |= {"iat": instant, "exp": instant + 300, "preferred_username": self.qui}
        jeton = jwt.encode({"alg": "ES256", "kid": "1"}, self.ment(dit), self.signe)
        return {"id_token": jeton, "access_token": "x", "token_type": "Bearer"}


class Reponses(BaseHTTPRequestHandler):
    """What the provider answers over HTTP."""

    server: Fournisseur

    def do_GET(self) -> None:
        """Discovery, keys, and the page where a person would say who it is."""
        lu = urlsplit(self.path)
        if lu.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.authorize(dict(parse_qsl(lu.query))))
            self.end_headers()
        elif lu.path == "/jwks":
            self._answer({"keys": [self.server.cle.as_dict(private=False)]})
        else:
            self._answer(self.server.describe())

    def do_POST(self) -> None:
        """The exchange of a code."""
        corps = self.rfile.read(int(self.headers["Content-Length"])).decode()
        nom, _, secret = b64decode(self.headers["Authorization"].split()[1]).decode().partition(":")
        jeton = self.server.exchange(dict(parse_qsl(corps)), (nom, secret))
        self._answer(jeton or {"error": "invalid_grant"}, 200 if jeton else 400)

    def _answer(self, dit: Mapping[str, Any], code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(dit).encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Nothing: a test is quiet."""


@pytest.fixture
def fournisseur() -> Iterator[Fournisseur]:
    """A provider that listens."""
    with Fournisseur() as fournisseur:
        fil = threading.Thread(target=fournisseur.serve_forever)
        fil.start()
        yield fournisseur
        fournisseur.shutdown()
        fil.join()


@pytest.fixture
def navigateur(inscrite: Caisse, fournisseur: Fournisseur) -> Callable[[], TestClient]:
    """Maker of browsers before a space that trusts the provider."""
    oidc = {"oidc_emetteur": fournisseur.adresse, "oidc_client": CLIENT}
    oidc |= {"oidc_secret": SecretStr(SECRET)}  # type: ignore[dict-item]
    maison = replace(inscrite.maison, reglages=inscrite.maison.reglages.model_copy(update=oidc))
    espace = create_espace(maison, lambda: MAINTENANT, ["testserver"])
    return lambda: TestClient(espace, follow_redirects=False)


def go(client: TestClient) -> str:
    """Leave for the provider; the address that it sends back to."""
    ailleurs = client.get(DEPART).headers["location"]
    return httpx.get(ailleurs).headers["location"]


def test_a_user_of_the_registry_comes_in(
    navigateur: Callable[[], TestClient], fournisseur: Fournisseur
) -> None:
    """With a proof that only the browser that left can give; a code and a return serve once."""
    client = navigateur()
    assert DEPART in client.get("/connexion").text
    depart = parse_qs(urlsplit(client.get(DEPART).headers["location"]).query)
    assert depart["code_challenge_method"] == ["S256"]
    assert len(depart["state"][0]) > 40 < len(depart["nonce"][0])
    retour = go(client)
    assert navigateur().get(retour).status_code == 401
    assert client.get(retour).headers["location"] == "/"
    assert client.get("/").headers["location"] == f"/e/{SIREN}"
    autre = navigateur()
    go(autre)
    assert autre.get(retour).status_code == 401
    assert not [c for c in client.cookies.jar if c.name == "caisse_federation"]
    assert client.get(retour).status_code == 401
    assert fournisseur.codes


def test_an_account_that_the_registry_does_not_know_has_no_rights(
    navigateur: Callable[[], TestClient], fournisseur: Fournisseur
) -> None:
    """It is told so, and nothing is opened."""
    client, fournisseur.qui = navigateur(), "PERSONNE"
    page = client.get(go(client))
    assert page.status_code == 401
    assert "Ce compte n&#39;a aucun droit ici" in page.text
    assert client.get("/").headers["location"] == "/connexion"


@pytest.mark.parametrize(
    "mensonge",
    [
        {"nonce": "autre"},
        {"aud": "un autre espace"},
        {"iss": "https://ailleurs.example"},
        {"exp": int((MAINTENANT - timedelta(minutes=10)).timestamp())},
        {"iat": int((MAINTENANT + timedelta(minutes=10)).timestamp())},
        {"azp": "un autre espace"},
        {"preferred_username": None},
        {"preferred_username": ["A80001-ADM"]},
    ],
    ids=lambda mensonge: next(iter(mensonge)),
)
def test_a_token_that_is_not_for_this_browser_opens_nothing(
    navigateur: Callable[[], TestClient], fournisseur: Fournisseur, mensonge: dict[str, Any]
) -> None:
    """Signed as it should be, it says something else."""
    fournisseur.ment = lambda dit: {**dit, **mensonge}
    client = navigateur()
    assert client.get(go(client)).status_code == 401
    assert client.get("/").headers["location"] == "/connexion"


def test_only_the_provider_signs(
    navigateur: Callable[[], TestClient], fournisseur: Fournisseur
) -> None:
    """Neither another key, nor another provider under its address, nor one that is away."""
    fournisseur.signe = ECKey.generate_key("P-256", {"kid": "1"})
    client = navigateur()
    assert client.get(go(client)).status_code == 401
    fournisseur.signe = fournisseur.cle
    retour = go(client)
    mele = retour.replace("iss=http", "iss=https")
    assert client.get(mele).status_code == 401
    fournisseur.issuer = "https://ailleurs.example"
    assert "se présente sous une autre adresse" in client.get(DEPART).text


def test_the_verifier_of_another_browser_is_refused(
    navigateur: Callable[[], TestClient], fournisseur: Fournisseur
) -> None:
    """A code that was stolen is worth nothing without what the first browser keeps."""
    victime, voleur = navigateur(), navigateur()
    vole = parse_qs(urlsplit(go(victime)).query)["code"][0]
    sien = parse_qs(urlsplit(go(voleur)).query)
    retour = urlencode({"code": vole, "state": sien["state"][0]})
    assert voleur.get(f"{DEPART}/retour?{retour}").status_code == 401
    assert voleur.get("/").headers["location"] == "/connexion"
    assert len(fournisseur.codes) == 1


def test_without_a_provider_there_is_no_such_way_in(inscrite: Caisse) -> None:
    """Nor a word of it."""
    client = TestClient(create_espace(inscrite.maison, lambda: MAINTENANT, ["testserver"]))
    assert client.get(DEPART).status_code == 404
    assert DEPART not in client.get("/connexion").text
