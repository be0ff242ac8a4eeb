"""Whose page it is: the session of a browser, what proves that a form is its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from reporting import sessions
from reporting.lecture import read_publication
from reporting.salarie.lecture import Siennes
from reporting.sessions import SansSession, prove, write_cookie
from specs.salarie import read_regles
from warehouse.acces.salaries import find_session
from warehouse.acces.sessions import must_touch, touch_session
from warehouse.maison import Maison
from warehouse.publications import Publication
from warehouse.tables_salarie import SESSIONS_SALARIE

COOKIE = "caisse_salarie"
EXPIRE = "Ce formulaire a expiré : revenez à la page et recommencez."


@dataclass(frozen=True, slots=True)
class Lui:
    """The employee who reads, as of a publication (None: nothing is published yet)."""

    salarie: str = field(repr=False)
    jeton: str = field(repr=False)
    publication: Publication | None
    siennes: Siennes
    maintenant: datetime

    @property
    def preuve(self) -> str:
        """What its forms bear, that another site can't know."""
        return prove(self.jeton)

    @property
    def demandeur(self) -> str:
        """Who asks the engine: a name of the session, which says nothing of him."""
        return f"salarié {self.preuve[:16]}"


def read_lui(requete: Request) -> Lui:
    """Whose session it is; SansSession when there is none, or it is over."""
    maison: Maison = requete.app.state.maison
    maintenant: datetime = requete.app.state.horloge()
    jeton = requete.cookies.get(COOKIE, "")
    with maison.moteur.connect() as connexion:
        session = find_session(connexion, jeton, maintenant) if jeton else None
        if session is None:
            raise SansSession
        a_noter = must_touch(connexion, jeton, maintenant, SESSIONS_SALARIE)
    if a_noter:
        with maison.moteur.begin() as connexion:
            touch_session(connexion, jeton, maintenant, SESSIONS_SALARIE)
    publication = read_publication(maison)
    arrete = publication.date_arrete if publication else None
    siennes = Siennes(maison, session.salarie, arrete)
    return Lui(session.salarie, jeton, publication, siennes, maintenant)


Qui = Annotated[Lui, Depends(read_lui)]


def keep_session(reponse: Response, requete: Request, jeton: str) -> None:
    """The session in the browser."""
    write_cookie(reponse, requete, COOKIE, jeton, read_regles().session_minutes * 60)


def check_preuve(lui: Lui, preuve: str) -> None:
    """DemandeRefusee for a form that was not given to this session."""
    sessions.check_preuve(lui, preuve, EXPIRE)
