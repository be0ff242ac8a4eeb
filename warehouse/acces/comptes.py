"""What proves who a user is: an invitation, then a password and a one-time code.

Sources: NIST SP 800-63B (length rather than composition), RFC 6238 (TOTP, a code is used once).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, insert, select, update

from specs.espace import read_regles
from warehouse.acces.portes import Porte
from warehouse.acces.sceaux import open_secret, seal_secret
from warehouse.coffre.trousseau import Trousseau
from warehouse.instants import format_instant
from warehouse.tables_acces import ACCES, INVITATIONS, SESSIONS

PAS_S = 30  # of the one-time codes
HACHEUR = PasswordHasher()
# A name that nobody has takes as long to refuse as a wrong password.
LEURRE = HACHEUR.hash(secrets.token_hex())


class AccesRefuse(ValueError):  # noqa: N818 - named in French
    """What was given does not prove who the person is, or can't be a password; told in French."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited, and the secret of the codes that the person is about to keep."""

    utilisateur: str
    secret: str = field(repr=False)


def fingerprint_jeton(jeton: str) -> str:
    """What is kept of an invitation or a session: the token itself is its bearer's alone."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def invite(c: Connection, trousseau: Trousseau, utilisateur: str, maintenant: datetime) -> str:
    """The token of an invitation: whoever bears it chooses the password of the user."""
    jeton = secrets.token_urlsafe(32)
    expire = maintenant + timedelta(hours=read_regles().invitation_heures)
    c.execute(
        insert(INVITATIONS).values(
            empreinte=fingerprint_jeton(jeton),
            utilisateur=utilisateur,
            secret=seal_secret(trousseau, utilisateur, pyotp.random_base32()),
            expire_le=format_instant(expire),
        )
    )
    return jeton


def find_invitation(
    c: Connection,
    trousseau: Trousseau,
    jeton: str,
    maintenant: datetime,
    porte: Porte = Porte.ESPACE,
) -> Invitation | None:
    """What a token invites to; None when it is unknown, used, too old, or of another door."""
    table = INVITATIONS.c
    vivante = (
        table.empreinte == fingerprint_jeton(jeton),
        table.utilisee_le.is_(None),
        table.expire_le > format_instant(maintenant),
    )
    ligne = c.execute(select(table.utilisateur, table.secret).where(*vivante)).one_or_none()
    if ligne is None or porte.name_personne(ligne.utilisateur) is None:
        return None
    return Invitation(ligne.utilisateur, open_secret(trousseau, ligne.utilisateur, ligne.secret))


def accept(
    c: Connection, trousseau: Trousseau, jeton: str, mot_de_passe: str, code: str,
    maintenant: datetime, porte: Porte = Porte.ESPACE,
) -> str:  # fmt: skip
    """The user, whose password and codes are set from now on; other sessions are closed.

    Raises:
        AccesRefuse: the invitation is spent, the password too short, the code not the one shown.
    """
    invitation = find_invitation(c, trousseau, jeton, maintenant, porte)
    if invitation is None:
        raise AccesRefuse("Cette invitation a servi ou a expiré : en demander une autre.")
    utilisateur = invitation.utilisateur
    check_mot_de_passe(porte.name_personne(utilisateur) or utilisateur, mot_de_passe)
    pas = find_pas(invitation.secret, code, maintenant)
    if pas is None:
        raise AccesRefuse("Ce code n'est pas celui que l'application montre en ce moment.")
    instant = format_instant(maintenant)
    c.execute(ACCES.delete().where(ACCES.c.utilisateur == utilisateur))
    c.execute(
        insert(ACCES).values(
            utilisateur=utilisateur,
            mot_de_passe=HACHEUR.hash(mot_de_passe),
            secret=seal_secret(trousseau, utilisateur, invitation.secret),
            dernier_code=pas,
            pose_le=instant,
        )
    )
    siennes = INVITATIONS.c.utilisateur == utilisateur, INVITATIONS.c.utilisee_le.is_(None)
    c.execute(update(INVITATIONS).where(*siennes).values(utilisee_le=instant))
    ouvertes = SESSIONS.c.utilisateur == utilisateur, SESSIONS.c.fermee_le.is_(None)
    c.execute(update(SESSIONS).where(*ouvertes).values(fermee_le=instant))
    return utilisateur


def check_mot_de_passe(utilisateur: str, mot_de_passe: str) -> None:
    """AccesRefuse when it is too short, too long, the name of the user, or one sign repeated."""
    regles = read_regles()
    if not regles.mot_de_passe_minimum <= len(mot_de_passe) <= regles.mot_de_passe_maximum:
        raise AccesRefuse(
            f"Le mot de passe a de {regles.mot_de_passe_minimum} à {regles.mot_de_passe_maximum}"
            f" caractères ; celui-ci en a {len(mot_de_passe)}. Une phrase convient."
        )
    if utilisateur.casefold() in mot_de_passe.casefold() or len(set(mot_de_passe)) < len("abcd"):
        raise AccesRefuse("Ce mot de passe se devine : ni l'identifiant, ni un signe répété.")


def authenticate(
    c: Connection, trousseau: Trousseau, utilisateur: str, mot_de_passe: str, code: str,
    maintenant: datetime,
) -> bool:  # fmt: skip
    """Whether the password and a code that was not used yet are those of the user."""
    ligne = c.execute(select(ACCES).where(ACCES.c.utilisateur == utilisateur)).one_or_none()
    if not verify_secret(ligne.mot_de_passe if ligne else LEURRE, mot_de_passe) or ligne is None:
        return False
    pas = find_pas(open_secret(trousseau, utilisateur, ligne.secret), code, maintenant)
    if pas is None or pas <= ligne.dernier_code:
        return False
    mis = update(ACCES).where(
        ACCES.c.utilisateur == utilisateur, ACCES.c.dernier_code == ligne.dernier_code
    )
    return c.execute(mis.values(dernier_code=pas)).rowcount == 1


def find_pas(secret: str, code: str, maintenant: datetime) -> int | None:
    """The step of time that a code is of: this one, the one before or the next; None for none."""
    chiffres = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=PAS_S)
    courant = int(maintenant.timestamp()) // PAS_S
    for pas in (courant, courant - 1, courant + 1):
        if secrets.compare_digest(totp.at(pas * PAS_S).encode(), chiffres.encode()):
            return pas
    return None


def verify_secret(hache: str, secret: str) -> bool:
    """Whether a password or a code is the one that was hashed."""
    try:
        return HACHEUR.verify(hache, secret)
    except (VerifyMismatchError, InvalidHashError):
        return False
