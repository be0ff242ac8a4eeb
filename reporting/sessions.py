"""The session of a browser, by whichever door it came in; what proves that a form is its own."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from reporting.demande import DemandeRefusee
from specs.espace import read_regles
from warehouse.acces.portes import Porte
from warehouse.acces.sessions import find_utilisateur, must_touch, touch_session
from warehouse.maison import Maison

COOKIE = "caisse_session"
COOKIES = {Porte.ESPACE: COOKIE, Porte.POSTE: "caisse_poste"}
EXPIRE = "Ce formulaire a expiré : revenir à la page et recommencer."
Horloge = Callable[[], datetime]


class SansSession(Exception):  # noqa: N818 - named in French
    """Nobody is known: the page to go to first is that of the connection."""


@dataclass(frozen=True, slots=True)
class Session:
    """A person who proved who it is, and the token that its browser alone has."""

    utilisateur: str
    jeton: str = field(repr=False)

    @property
    def preuve(self) -> str:
        """What its forms bear, that another site can't know."""
        return prove(self.jeton)


class Prouve(Protocol):
    """Whose forms bear a proof."""

    @property
    def preuve(self) -> str:
        """What its forms bear, that another site can't know."""


def prove(jeton: str) -> str:
    """What the forms of a session bear, that another site can't know."""
    return hashlib.sha256(f"formulaire:{jeton}".encode()).hexdigest()


def read_session(
    maison: Maison, requete: Request, maintenant: datetime, porte: Porte = Porte.ESPACE
) -> Session:
    """Who came in by this door; SansSession when nobody did, or it is over."""
    jeton = requete.cookies.get(COOKIES[porte], "")
    with maison.moteur.connect() as connexion:
        qui = find_utilisateur(connexion, jeton, maintenant, porte) if jeton else None
        if qui is None:
            raise SansSession
        a_noter = must_touch(connexion, jeton, maintenant)
    if a_noter:
        with maison.moteur.begin() as connexion:
            touch_session(connexion, jeton, maintenant)
    return Session(qui, jeton)


def keep_session(
    reponse: Response, requete: Request, jeton: str, porte: Porte = Porte.ESPACE
) -> None:
    """The session in the browser."""
    write_cookie(reponse, requete, COOKIES[porte], jeton, read_regles().session_heures * 3600)


def write_cookie(reponse: Response, requete: Request, nom: str, jeton: str, duree_s: int) -> None:
    """The token of a session: no script reads it, no other site sends it."""
    reponse.set_cookie(
        nom,
        jeton,
        max_age=duree_s,
        httponly=True,
        samesite="lax",
        secure=requete.url.scheme == "https",
    )


def add_seuil(application: FastAPI, adresse: str) -> None:
    """Send whoever is not known to the page where one comes in."""

    @application.exception_handler(SansSession)
    def ask_entree(_requete: Request, _absence: SansSession) -> Response:
        return RedirectResponse(adresse, HTTPStatus.SEE_OTHER)


def check_origine(requete: Request) -> None:
    """DemandeRefusee for a form that comes from another site."""
    origine = requete.headers.get("origin")
    if origine is not None and urlsplit(origine).netloc != requete.headers.get("host"):
        raise DemandeRefusee("Ce formulaire ne vient pas de ce site.")


def check_preuve(session: Prouve, preuve: str, expire: str = EXPIRE) -> None:
    """DemandeRefusee for a form that was not given to this session."""
    if not secrets.compare_digest(session.preuve.encode(), preuve.encode()):
        raise DemandeRefusee(expire)
