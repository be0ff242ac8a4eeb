"""Who asks of a company: the session of a browser, and what it may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from fastapi import Request

from reporting.demande import Introuvable
from reporting.espace.droits import Acces, read_acces
from reporting.sessions import Session, read_session
from specs.espace import Table, TableInconnue, Theme, find_table, read_themes
from specs.espace.actes import Acte, ActeInconnu, find_acte
from warehouse.instants import format_instant, paris_day
from warehouse.maison import Maison

ABSENT = "Cette page n'existe pas."


@dataclass(frozen=True, slots=True)
class Visiteur(Session):
    """A person who proved who it is, and the companies that it reads on a day, by SIREN."""

    jour: date
    acces: Mapping[str, Acces]

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
    session = read_session(maison, requete, maintenant)
    jour = paris_day(format_instant(maintenant))
    acces = read_acces(maison, session.utilisateur, jour)
    return Visiteur(session.utilisateur, session.jeton, jour, acces)
