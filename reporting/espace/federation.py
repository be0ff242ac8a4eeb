"""To come in by another house's identity provider: OpenID Connect, by configuration.

Authorization code with PKCE; `state` and `nonce` are kept by the browser that left, for ten
minutes, and serve once. Sources: OpenID Connect Core 1.0 (3.1), RFC 7636, RFC 9207.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from reporting.socle import HOTES
from warehouse.reglages import Reglages

DECOUVERTE = "/.well-known/openid-configuration"
PORTEES = "openid profile email"
ALGORITHMES = ("RS256", "PS256", "ES256", "EdDSA")
DELAI_S, ECART_S = 5, 120  # of an answer; between the clocks of two houses
SEPARATEUR = "."


class FederationRefusee(ValueError):  # noqa: N818 - named in French
    """The provider did not say who the person is; told in French, without what it said."""


@dataclass(frozen=True, slots=True)
class Depart:
    """What a browser keeps between its leaving and its return."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifieur: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def write(self) -> str:
        """As its cookie."""
        return SEPARATEUR.join((self.state, self.nonce, self.verifieur))


def parse_depart(cookie: str) -> Depart:
    """What `Depart.write` wrote; FederationRefusee for anything else."""
    parties = cookie.split(SEPARATEUR)
    if len(parties) != len(Depart.__slots__) or not all(parties):
        raise FederationRefusee("Cette connexion a expiré, ou vient d'un autre navigateur.")
    return Depart(*parties)


@dataclass(frozen=True, slots=True)
class Fournisseur:
    """An identity provider, as the settings describe it."""

    emetteur: str
    client: str
    secret: str = field(repr=False)
    attribut: str
    nom: str

    def leave(self, depart: Depart, retour: str) -> str:
        """Where the browser goes; it comes back to `retour`."""
        adresse: str = prepare_grant_uri(
            self._discover()["authorization_endpoint"],
            self.client,
            "code",
            redirect_uri=retour,
            scope=PORTEES,
            state=depart.state,
            nonce=depart.nonce,
            code_challenge=create_s256_code_challenge(depart.verifieur),
            code_challenge_method="S256",
        )
        return adresse

    def identify(
        self, depart: Depart, retour: str, recu: Mapping[str, str], maintenant: datetime
    ) -> str:
        """Who the person that comes back is, by the attribute that the settings name.

        Raises:
            FederationRefusee: the answer is not to this browser, the provider refuses, its token is
                not for this space, or does not bear the attribute.
        """
        if not secrets.compare_digest(recu.get("state", "").encode(), depart.state.encode()):
            raise FederationRefusee("Cette connexion a expiré, ou vient d'un autre navigateur.")
        if "code" not in recu or recu.get("iss", self.emetteur) != self.emetteur:
            raise FederationRefusee(f"{self.nom} n'a pas confirmé votre identité.")
        decouvert = self._discover()
        jeton = self._exchange(decouvert["token_endpoint"], depart, retour, recu["code"])
        qui = self._verify(decouvert["jwks_uri"], jeton, depart, maintenant).get(self.attribut)
        if not isinstance(qui, str) or not qui:
            raise FederationRefusee(f"{self.nom} ne dit pas qui vous êtes ici.")
        return qui

    def _discover(self) -> Mapping[str, Any]:
        decouvert: Mapping[str, Any] = self._read(httpx.get, self.emetteur + DECOUVERTE)
        if decouvert.get("issuer") != self.emetteur:
            raise FederationRefusee(f"{self.nom} se présente sous une autre adresse.")
        return decouvert

    def _exchange(self, adresse: str, depart: Depart, retour: str, code: str) -> str:
        """The identity token that a code is worth, once."""
        champs = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": retour,
            "code_verifier": depart.verifieur,
        }
        reponse = self._read(httpx.post, adresse, data=champs, auth=(self.client, self.secret))
        return str(reponse.get("id_token", ""))

    def _verify(
        self, cles: str, jeton: str, depart: Depart, maintenant: datetime
    ) -> Mapping[str, Any]:
        """Claims of a token that the provider signed, for this space, this browser, this moment."""
        attendus = {"iss": self.emetteur, "aud": self.client, "nonce": depart.nonce}
        options = {nom: {"essential": True, "value": valeur} for nom, valeur in attendus.items()}
        try:
            lu = jwt.decode(jeton, KeySet.import_key_set(self._read(httpx.get, cles)), ALGORITHMES)
            dit = CodeIDToken(lu.claims, lu.header, options, {"client_id": self.client})
            dit.validate(now=int(maintenant.timestamp()), leeway=ECART_S)
        except (JoseError, AuthlibBaseError, ValueError, TypeError):
            raise FederationRefusee(f"{self.nom} n'a pas confirmé votre identité.") from None
        return lu.claims

    def _read(self, envoie: Any, adresse: str, **envoi: Any) -> Any:  # noqa: ANN401 - JSON
        _check_adresse(adresse)
        try:
            reponse = envoie(adresse, timeout=DELAI_S, **envoi)
            reponse.raise_for_status()
            return reponse.json()
        except (httpx.HTTPError, ValueError):
            raise FederationRefusee(f"{self.nom} ne répond pas ; réessayer plus tard.") from None


def read_fournisseur(reglages: Reglages) -> Fournisseur | None:
    """The provider of the settings; None when there is none."""
    if reglages.oidc_emetteur is None or reglages.oidc_client is None:
        return None
    secret = reglages.oidc_secret.get_secret_value() if reglages.oidc_secret else ""
    emetteur = reglages.oidc_emetteur.rstrip("/")
    return Fournisseur(
        emetteur, reglages.oidc_client, secret, reglages.oidc_attribut, reglages.oidc_nom
    )


def _check_adresse(adresse: str) -> None:
    """Nothing of an identity goes in clear, but to this machine."""
    lue = urlsplit(adresse)
    if lue.scheme != "https" and lue.hostname not in HOTES:
        raise FederationRefusee("Le fournisseur d'identité doit être joint en https.")
