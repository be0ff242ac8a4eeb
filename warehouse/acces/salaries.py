"""How an employee comes to his page: a link, and a code that comes to him by another way.

    lien = give_lien(connexion, salarie, "A. Martin", "demande au guichet", maintenant)
    session = enter(connexion, lien.jeton, lien.code, maintenant)

A link opens his page as many times as the rules say; too many wrong codes close it, a newer one
too, with the sessions that it opened. Each of these is in the audit trail.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update

from specs.salarie import read_regles
from warehouse.acces.comptes import HACHEUR, fingerprint_jeton, verify_secret
from warehouse.audit import record_audit
from warehouse.instants import format_instant
from warehouse.tables_salarie import LIENS_SALARIE, SESSIONS_SALARIE

LIENS, SESSIONS = LIENS_SALARIE.c, SESSIONS_SALARIE.c
DONNE, OUVERTE, FERME = (
    "lien d'un salarié",
    "ouverture de la page d'un salarié",
    "lien d'un salarié fermé",
)
LUI = "salarié"  # who opens a link: nobody else has its code


@dataclass(frozen=True, slots=True)
class Lien:
    """What is given, once: the end of an address, the digits that come another way."""

    jeton: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Who reads: an employee by his pseudonym, and when the link that let him in was given."""

    salarie: str = field(repr=False)
    emis_le: str


def give_lien(
    c: Connection, salarie: str, auteur: str, motif: str, maintenant: datetime
) -> Lien:  # fmt: skip
    """A new link to the page of an employee; those of before are closed, with their sessions."""
    regles, instant = read_regles(), format_instant(maintenant)
    lien = Lien(secrets.token_urlsafe(32), _draw_code(regles.code_chiffres))
    anciens = select(LIENS.empreinte).where(LIENS.salarie == salarie, LIENS.ferme_le.is_(None))
    for empreinte in c.scalars(anciens).all():
        _close(c, empreinte, instant)
    c.execute(
        insert(LIENS_SALARIE).values(
            empreinte=fingerprint_jeton(lien.jeton),
            salarie=salarie,
            code=HACHEUR.hash(lien.code),
            ouvertures=regles.ouvertures,
            essais=0,
            emis_le=instant,
            expire_le=format_instant(maintenant + timedelta(hours=regles.lien_heures)),
        )
    )
    record_audit(
        c, auteur=auteur, action=DONNE, objet=f"{LUI} {salarie}", motif=motif, instant=instant
    )
    return lien


def _draw_code(chiffres: int) -> str:
    return f"{secrets.randbelow(10**chiffres):0{chiffres}}"


def is_alive(c: Connection, jeton: str, maintenant: datetime) -> bool:
    """Whether a link may still open something: known, not closed, not used up, not too old."""
    return c.scalar(select(LIENS.salarie).where(*_alive(jeton, maintenant))) is not None


def _alive(jeton: str, maintenant: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LIENS.empreinte == fingerprint_jeton(jeton),
        LIENS.ferme_le.is_(None),
        LIENS.ouvertures > 0,
        LIENS.expire_le > format_instant(maintenant),
    )


def enter(c: Connection, jeton: str, code: str, maintenant: datetime) -> str | None:
    """The token of a session; None when the link is dead or the code is not its own.

    A try is counted before it is judged, under the lock of its row: guesses made at once are no
    more than one after the other.
    """
    essai = update(LIENS_SALARIE).where(*_alive(jeton, maintenant)).values(essais=LIENS.essais + 1)
    if c.execute(essai).rowcount != 1:
        return None
    instant, sien = format_instant(maintenant), LIENS.empreinte == fingerprint_jeton(jeton)
    lien = c.execute(select(LIENS_SALARIE).where(sien)).one()
    if not verify_secret(lien.code, "".join(code.split())):
        if lien.essais >= read_regles().essais_code:
            _close(c, lien.empreinte, instant)
            _record(c, lien.salarie, FERME, f"{lien.essais} codes refusés", instant)
        return None
    ouverte = update(LIENS_SALARIE).where(sien)
    c.execute(ouverte.values(essais=0, ouvertures=LIENS.ouvertures - 1))
    session = secrets.token_urlsafe(32)
    c.execute(
        insert(SESSIONS_SALARIE).values(
            empreinte=fingerprint_jeton(session),
            lien=lien.empreinte,
            ouverte_le=instant,
            vue_le=instant,
        )
    )
    _record(c, lien.salarie, OUVERTE, f"lien donné le {lien.emis_le}, code juste", instant)
    return session


def _record(c: Connection, salarie: str, action: str, motif: str, instant: str) -> None:
    objet = f"{LUI} {salarie}"
    record_audit(c, auteur=LUI, action=action, objet=objet, motif=motif, instant=instant)


def _close(c: Connection, empreinte: str, instant: str) -> None:
    """The link opens nothing any more, nor what it had opened."""
    c.execute(
        update(LIENS_SALARIE).where(LIENS.empreinte == empreinte).values(ferme_le=instant)
    )  # fmt: skip
    ouvertes = SESSIONS.lien == empreinte, SESSIONS.fermee_le.is_(None)
    c.execute(update(SESSIONS_SALARIE).where(*ouvertes).values(fermee_le=instant))


def find_session(c: Connection, jeton: str, maintenant: datetime) -> Session | None:
    """Who a session is; None when it is unknown, closed, idle or too old."""
    regles = read_regles()
    inactive = timedelta(minutes=regles.session_inactive_minutes)
    entiere = timedelta(minutes=regles.session_minutes)
    ligne = c.execute(
        select(LIENS.salarie, LIENS.emis_le)
        .join(SESSIONS_SALARIE, SESSIONS.lien == LIENS.empreinte)
        .where(
            SESSIONS.empreinte == fingerprint_jeton(jeton),
            SESSIONS.fermee_le.is_(None),
            SESSIONS.vue_le > format_instant(maintenant - inactive),
            SESSIONS.ouverte_le > format_instant(maintenant - entiere),
        )
    ).one_or_none()
    return Session(ligne.salarie, ligne.emis_le) if ligne else None
