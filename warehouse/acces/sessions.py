"""Sessions of a browser: a token that it alone has, dead when it is idle or old.

`table`: SESSIONS, of the space and of the desk, or another that has the same columns.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, insert, select, update

from specs.espace import read_regles
from warehouse.acces.comptes import fingerprint_jeton
from warehouse.acces.portes import Porte
from warehouse.instants import format_instant
from warehouse.tables_acces import SESSIONS

PAS = timedelta(minutes=1)  # between two uses that are noted


def open_session(c: Connection, utilisateur: str, maintenant: datetime) -> str:
    """The token of a new session."""
    jeton, instant = secrets.token_urlsafe(32), format_instant(maintenant)
    c.execute(
        insert(SESSIONS).values(
            empreinte=fingerprint_jeton(jeton),
            utilisateur=utilisateur,
            ouverte_le=instant,
            vue_le=instant,
        )
    )
    return jeton


def find_utilisateur(
    c: Connection, jeton: str, maintenant: datetime, porte: Porte = Porte.ESPACE
) -> str | None:
    """Who came in by this door; None when the session is unknown, closed, idle or too old."""
    regles, table = read_regles(), SESSIONS.c
    ligne = c.execute(
        select(table.utilisateur).where(
            table.empreinte == fingerprint_jeton(jeton),
            table.fermee_le.is_(None),
            table.vue_le > _before(maintenant, timedelta(minutes=regles.session_inactive_minutes)),
            table.ouverte_le > _before(maintenant, timedelta(hours=regles.session_heures)),
        )
    ).one_or_none()
    return porte.name_personne(ligne.utilisateur) if ligne else None


def must_touch(c: Connection, jeton: str, maintenant: datetime, table: Table = SESSIONS) -> bool:
    """Whether the last use that was noted is a minute old: a page does not write each time."""
    sienne = table.c.empreinte == fingerprint_jeton(jeton)
    vue_le = c.scalar(select(table.c.vue_le).where(sienne))
    return vue_le is not None and vue_le <= _before(maintenant, PAS)


def touch_session(c: Connection, jeton: str, maintenant: datetime, table: Table = SESSIONS) -> None:
    """Note that the session was used."""
    sienne = table.c.empreinte == fingerprint_jeton(jeton)
    c.execute(update(table).where(sienne).values(vue_le=format_instant(maintenant)))


def close_session(c: Connection, jeton: str, maintenant: datetime, table: Table = SESSIONS) -> None:
    """The token opens nothing any more."""
    sienne = table.c.empreinte == fingerprint_jeton(jeton), table.c.fermee_le.is_(None)
    c.execute(update(table).where(*sienne).values(fermee_le=format_instant(maintenant)))


def _before(maintenant: datetime, duree: timedelta) -> str:
    return format_instant(maintenant - duree)
