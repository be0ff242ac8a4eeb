"""What the space asks of the engine: asked once, answered beside it, forgotten soon after.

    empreinte = ask(connexion, EXPLICATION, {"identifiant": appel}, "A00001-ADM", maintenant)
    find_reponse(connexion, empreinte)  # None until it is answered

A page can't compute: it writes what it wants to know, and the engine writes the answer. Both are
sealed, as they may tell of employees, and go after a while.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from specs.espace import read_regles
from warehouse.instants import format_instant
from warehouse.moteur import lock_writers
from warehouse.tables_acces import DEMANDES_ESPACE

# Natures: the sentences of an explanation; a drawing to make, whose answer is the file in base64;
# an exchange file to compose of what was typed and to control; a file of the archive to control; of
# an employee: a row in plain words, a document again, what a leave would give.
EXPLICATION: Final = "explication"
DESSIN: Final = "dessin"
FICHIER: Final = "fichier"
CONTROLE: Final = "controle"
RECIT: Final = "recit"
DOCUMENT: Final = "document"
SIMULATION: Final = "simulation"
# Of the desk of the operators: what an act would change; the act itself; lines to import for the
# establishments that are not known; whose a movement of the bank may be.
EFFET: Final = "effet"
ACTE: Final = "acte"
ORPHELINS: Final = "orphelins"
CANDIDATS: Final = "candidats"
Contenu = Mapping[str, Any]


class TropDeDemandes(ValueError):  # noqa: N818 - named in French
    """This user has as many requests without an answer as he may; told in French."""


@dataclass(frozen=True, slots=True)
class Demande:
    """What is asked, and by whom."""

    empreinte: str
    nature: str
    contenu: Contenu = field(repr=False)
    utilisateur: str


@dataclass(frozen=True, slots=True)
class Reponse:
    """What was answered; `texte`: None when it was refused."""

    texte: str | None = field(repr=False)


def fingerprint_demande(nature: str, contenu: Contenu) -> str:
    """What a request is found by: the same one is the same."""
    return hashlib.sha256(f"{nature} {_write(contenu)}".encode()).hexdigest()


def ask(
    c: Connection, nature: str, contenu: Contenu, utilisateur: str, maintenant: datetime
) -> str:
    """The fingerprint of a request, written unless it was already.

    Raises:
        TropDeDemandes: this user waits for too many answers.
    """
    lock_writers(c, DEMANDES_ESPACE.name)
    empreinte, table = fingerprint_demande(nature, contenu), DEMANDES_ESPACE.c
    if c.scalar(select(func.count()).where(table.empreinte == empreinte)):
        return empreinte
    siennes = table.utilisateur == utilisateur, table.repondue_le.is_(None)
    attendues = c.scalar(select(func.count()).where(*siennes)) or 0
    if attendues >= read_regles().demandes_en_attente:
        raise TropDeDemandes(
            "Trop de demandes attendent encore leur réponse : recommencer dans une minute."
        )
    c.execute(
        insert(DEMANDES_ESPACE).values(
            empreinte=empreinte,
            nature=nature,
            contenu=_write(contenu),
            utilisateur=utilisateur,
            demandee_le=format_instant(maintenant),
        )
    )
    return empreinte


def is_asked(c: Connection, empreinte: str) -> bool:
    """Whether somebody asked this already."""
    return bool(c.scalar(select(func.count()).where(DEMANDES_ESPACE.c.empreinte == empreinte)))


def find_reponse(c: Connection, empreinte: str) -> Reponse | None:
    """What was answered; None when nothing is yet."""
    table = DEMANDES_ESPACE.c
    siennes = table.empreinte == empreinte, table.repondue_le.is_not(None)
    lue = c.execute(select(table.reponse).where(*siennes)).one_or_none()
    return None if lue is None else Reponse(lue.reponse)


def find_demande(c: Connection, empreinte: str) -> Demande | None:
    """What was asked, answered or not; None when it is unknown, or forgotten."""
    lue = c.execute(_select_demandes().where(DEMANDES_ESPACE.c.empreinte == empreinte)).first()
    return None if lue is None else _parse(lue)


def read_demandes(c: Connection, natures: Collection[str] | None = None) -> list[Demande]:
    """Those that wait, of these natures or of any, the oldest first."""
    table = DEMANDES_ESPACE.c
    lues = _select_demandes().where(table.repondue_le.is_(None))
    if natures is not None:
        lues = lues.where(table.nature.in_(natures))
    return [_parse(d) for d in c.execute(lues.order_by(table.demandee_le, table.empreinte))]


def _select_demandes() -> Select[Any]:
    table = DEMANDES_ESPACE.c
    return select(table.empreinte, table.nature, table.contenu, table.utilisateur)


def _parse(lue: Row[Any]) -> Demande:
    return Demande(lue.empreinte, lue.nature, json.loads(lue.contenu), lue.utilisateur)


def answer(c: Connection, empreinte: str, texte: str | None, maintenant: datetime) -> None:
    """Write an answer; None refuses."""
    mise = update(DEMANDES_ESPACE).where(DEMANDES_ESPACE.c.empreinte == empreinte)
    c.execute(mise.values(reponse=texte, repondue_le=format_instant(maintenant)))


def must_forget(c: Connection, maintenant: datetime) -> bool:
    """Whether something was asked too long ago: it costs no writer to know."""
    return bool(c.scalar(select(func.count()).where(_is_old(maintenant))))


def forget_demandes(c: Connection, maintenant: datetime) -> int:
    """Take away what was asked too long ago; how many."""
    return c.execute(delete(DEMANDES_ESPACE).where(_is_old(maintenant))).rowcount


def _is_old(maintenant: datetime) -> ColumnElement[bool]:
    limite = maintenant - timedelta(minutes=read_regles().demande_minutes)
    return DEMANDES_ESPACE.c.demandee_le < format_instant(limite)


def _write(contenu: Contenu) -> str:
    return json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
