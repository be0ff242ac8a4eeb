"""Who asks: the session of a browser, what it may read, what proves that a form is its own."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from fastapi import Request, Response

from reporting.demande import DemandeRefusee, Introuvable
from reporting.espace.droits import Acces, read_acces
from specs.espace import Table, TableInconnue, Theme, find_table, read_regles, read_themes
from specs.espace.actes import Acte, ActeInconnu, find_acte
from warehouse.acces.sessions import find_utilisateur, must_touch, touch_session
from warehouse.instants import format_instant, paris_day
from warehouse.maison import Maison

COOKIE = "caisse_session"
ABSENT = "Cette page n'existe pas."
Horloge = Callable[[], datetime]


class SansSession(Exception):  # noqa: N818 - named in French
    """Nobody is known: the page to go to first is that of the connection."""


@dataclass(frozen=True, slots=True)
class Visiteur:
    """A person who proved who it is, and the companies that it reads on a day, by SIREN."""

    utilisateur: str
    jeton: str = field(repr=False)
    jour: date
    acces: Mapping[str, Acces]

    @property
    def preuve(self) -> str:
        """What its forms bear, that another site can't know."""
        return hashlib.sha256(f"formulaire:{self.jeton}".encode()).hexdigest()

    def find(self, siren: str) -> Acces:
        """Its rights on a company; Introuvable when it has none: for it, there is no such page."""
        if siren not in self.acces:
            raise Introuvable(ABSENT)
        return self.acces[siren]

    def find_table(self, siren: str, nom: str) -> tuple[Acces, Table]:
        """Its rights on a company, and a table that they open; Introuvable when there is none."""
        acces = self.find(siren)
        try:
            table = find_table(nom)
        except TableInconnue:
            raise Introuvable(ABSENT) from None
        if not acces.can_read(table):
            raise Introuvable(ABSENT)
        return acces, table

    def find_theme(self, siren: str, nom: str) -> tuple[Acces, Theme]:
        """The same of a theme, with the tables that its rights open; Introuvable without one."""
        acces, theme = self.find(siren), read_themes().get(nom)
        tables = tuple(t for t in theme.tables if acces.can_read(t)) if theme else ()
        if theme is None or not tables:
            raise Introuvable(ABSENT)
        return acces, replace(theme, tables=tables)

    def find_acte(self, siren: str, nom: str) -> tuple[Acces, Acte]:
        """The same of an act that it may ask for; Introuvable otherwise."""
        acces = self.find(siren)
        try:
            acte = find_acte(nom)
        except ActeInconnu:
            raise Introuvable(ABSENT) from None
        if not acces.can_ask(acte):
            raise Introuvable(ABSENT)
        return acces, acte

    def find_depot(self, siren: str) -> Acces:
        """Its rights on a company for which it deposits from here; Introuvable otherwise."""
        acces = self.find(siren)
        if not acces.entier:
            raise Introuvable(ABSENT)
        return acces


def read_visiteur(maison: Maison, requete: Request, maintenant: datetime) -> Visiteur:
    """Whose session it is; SansSession when there is none, or it is over."""
    jeton = requete.cookies.get(COOKIE, "")
    with maison.moteur.connect() as connexion:
        utilisateur = find_utilisateur(connexion, jeton, maintenant) if jeton else None
        if utilisateur is None:
            raise SansSession
        a_noter = must_touch(connexion, jeton, maintenant)
    if a_noter:
        with maison.moteur.begin() as connexion:
            touch_session(connexion, jeton, maintenant)
    jour = paris_day(format_instant(maintenant))
    return Visiteur(utilisateur, jeton, jour, read_acces(maison, utilisateur, jour))


def keep_session(reponse: Response, requete: Request, jeton: str) -> None:
    """The session in the browser: no script reads it, no other site sends it."""
    reponse.set_cookie(
        COOKIE,
        jeton,
        max_age=read_regles().session_heures * 3600,
        httponly=True,
        samesite="lax",
        secure=requete.url.scheme == "https",
    )


def check_origine(requete: Request) -> None:
    """DemandeRefusee for a form that comes from another site."""
    origine = requete.headers.get("origin")
    if origine is not None and urlsplit(origine).netloc != requete.headers.get("host"):
        raise DemandeRefusee("Ce formulaire ne vient pas de cet espace.")


def check_preuve(visiteur: Visiteur, preuve: str) -> None:
    """DemandeRefusee for a form that was not given to this session."""
    if not secrets.compare_digest(visiteur.preuve.encode(), preuve.encode()):
        raise DemandeRefusee("Ce formulaire a expiré : revenir à la page et recommencer.")
