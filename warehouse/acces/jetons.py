"""Tokens of the API: a user of the registry, narrowed to scopes, and to one company if asked.

    demande = Demande("A00001-ADM", None, ("lecture",), "paie")
    _, jeton = create_jeton(connexion, demande, 90, maintenant)
    find_jeton(connexion, jeton, maintenant).utilisateur  # A00001-ADM

What a token reads is asked of the registry each time: it holds no right of its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from warehouse.acces.comptes import fingerprint_jeton
from warehouse.instants import format_instant
from warehouse.tables_acces import JETONS

PREFIXE = "caisse_"  # a program that looks for lost secrets knows ours by it
SEPARATEUR = " "
PAS = timedelta(minutes=1)  # between two uses that are noted


@dataclass(frozen=True, slots=True)
class Demande:
    """A token to make: whose rights it has, of one company alone or not, its scopes, what for."""

    utilisateur: str
    siren: str | None
    portees: tuple[str, ...]
    usage: str


@dataclass(frozen=True, slots=True)
class Jeton:
    """A token as it is kept: instants in UTC, ISO; `vu_le`: when it was last used."""

    numero: int
    utilisateur: str
    siren: str | None
    portees: tuple[str, ...]
    usage: str
    cree_le: str
    expire_le: str
    vu_le: str | None
    retire_le: str | None

    def is_alive(self, maintenant: datetime) -> bool:
        """Whether it opens something at an instant."""
        return self.retire_le is None and self.expire_le > format_instant(maintenant)


def create_jeton(
    c: Connection, demande: Demande, jours: int, maintenant: datetime
) -> tuple[int, str]:
    """Number of a new token, and the token itself, which is kept nowhere; it lives `jours` days."""
    texte = PREFIXE + secrets.token_urlsafe(32)
    ecrit = c.execute(
        insert(JETONS).values(
            empreinte=fingerprint_jeton(texte),
            utilisateur=demande.utilisateur,
            siren=demande.siren,
            portees=SEPARATEUR.join(demande.portees),
            usage=demande.usage,
            cree_le=format_instant(maintenant),
            expire_le=format_instant(maintenant + timedelta(days=jours)),
        )
    )
    (numero,) = ecrit.inserted_primary_key or (0,)
    return numero, texte


def find_jeton(c: Connection, texte: str, maintenant: datetime) -> Jeton | None:
    """The token; None when it is unknown, withdrawn or at its term."""
    sien = JETONS.c.empreinte == fingerprint_jeton(texte)
    ligne = c.execute(select(JETONS).where(sien)).one_or_none()
    jeton = _parse(ligne) if ligne else None
    return jeton if jeton is not None and jeton.is_alive(maintenant) else None


def list_jetons(c: Connection) -> list[Jeton]:
    """Every token, those that open nothing any more too, in the order in which they were made."""
    return [_parse(ligne) for ligne in c.execute(select(JETONS).order_by(JETONS.c.numero))]


def must_touch(jeton: Jeton, maintenant: datetime) -> bool:
    """Whether the last use that was noted is a minute old: a call does not write each time."""
    return jeton.vu_le is None or jeton.vu_le <= format_instant(maintenant - PAS)


def touch_jeton(c: Connection, numero: int, maintenant: datetime) -> None:
    """Note that a token was used."""
    sien = JETONS.c.numero == numero
    c.execute(update(JETONS).where(sien).values(vu_le=format_instant(maintenant)))


def withdraw_jeton(c: Connection, numero: int, maintenant: datetime) -> bool:
    """Take a token away; False when there was none of this number to take."""
    sien = JETONS.c.numero == numero, JETONS.c.retire_le.is_(None)
    retire = update(JETONS).where(*sien).values(retire_le=format_instant(maintenant))
    return c.execute(retire).rowcount == 1


def _parse(ligne: Row[Any]) -> Jeton:
    dits = ligne._asdict()
    del dits["empreinte"]
    return Jeton(**dits | {"portees": tuple(dits["portees"].split(SEPARATEUR))})
