"""The operators of the desk: who they are, what each may do.

    invite_operateur(c, trousseau, "anne", {Droit.ACTE}, signature, maintenant)
    may(read_droits(c, "anne"), "decision")

Whoever is an operator reads; what changes the fund asks for a right. Who asks is not who approves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Connection, delete, insert, select, update

from warehouse.acces.comptes import invite
from warehouse.acces.portes import Porte
from warehouse.audit import record_audit
from warehouse.coffre.trousseau import Trousseau
from warehouse.instants import format_instant
from warehouse.tables_acces import ACCES, INVITATIONS, OPERATEURS, SESSIONS

NOM = re.compile(r"[a-z][a-z0-9.-]{1,39}", re.ASCII)


class Droit(StrEnum):
    """To read everything; to decide and ask; to approve what another one asked."""

    LECTURE = "lecture"
    ACTE = "acte"
    APPROBATION = "approbation"


# What each kind of act asks for: one of these rights.
REQUIS: Mapping[str, frozenset[Droit]] = MappingProxyType(
    {
        "lecture": frozenset(Droit),
        "effet": frozenset({Droit.ACTE, Droit.APPROBATION}),
        "decision": frozenset({Droit.ACTE}),
        "annulation": frozenset({Droit.ACTE}),
        "inscription": frozenset({Droit.ACTE}),
        "retraitement": frozenset({Droit.ACTE}),
        "refus": frozenset({Droit.ACTE, Droit.APPROBATION}),
        "accord": frozenset({Droit.APPROBATION}),
    }
)


class OperateurRefuse(ValueError):  # noqa: N818 - named in French
    """This can't be the name of an operator, or nobody has it; told in French."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who gives or takes an access, and why."""

    auteur: str
    motif: str


@dataclass(frozen=True, slots=True)
class Operateur:
    """An operator, his rights, since when."""

    nom: str
    droits: frozenset[Droit]
    depuis: str


def may(droits: Collection[Droit], acte: str) -> bool:
    """Whether these rights open an act, or a page (`lecture`): the only place that says so."""
    return not REQUIS[acte].isdisjoint(droits)


def invite_operateur(
    c: Connection,
    trousseau: Trousseau,
    nom: str,
    droits: Collection[Droit],
    signature: Signature,
    maintenant: datetime,
) -> str:
    """The token of an invitation; these rights are his at once, and no other.

    OperateurRefuse when the name can't be one.
    """
    if not NOM.fullmatch(nom):
        raise OperateurRefuse(
            f"{nom[:40]} : un nom d'opérateur a de 2 à 40 minuscules, chiffres, points et tirets,"
            " et commence par une lettre"
        )
    siens = {Droit.LECTURE, *droits}
    instant = format_instant(maintenant)
    c.execute(delete(OPERATEURS).where(OPERATEURS.c.nom == nom))
    dits = " ".join(sorted(siens))
    c.execute(insert(OPERATEURS).values(nom=nom, droits=dits, depuis=instant))
    record_audit(
        c,
        auteur=signature.auteur,
        action="invitation au poste",
        objet=f"{nom} : {dits}",
        motif=signature.motif,
        instant=instant,
    )
    return invite(c, trousseau, Porte.POSTE.name_compte(nom), maintenant)


def close_operateur(c: Connection, nom: str, signature: Signature, maintenant: datetime) -> None:
    """Nothing that he has opens the desk any more; OperateurRefuse when nobody has this name."""
    if c.execute(delete(OPERATEURS).where(OPERATEURS.c.nom == nom)).rowcount == 0:
        raise OperateurRefuse(f"{nom[:40]} : aucun opérateur de ce nom")
    compte, instant = Porte.POSTE.name_compte(nom), format_instant(maintenant)
    c.execute(delete(ACCES).where(ACCES.c.utilisateur == compte))
    for table, colonne in ((INVITATIONS, "utilisee_le"), (SESSIONS, "fermee_le")):
        siennes = table.c.utilisateur == compte, table.c[colonne].is_(None)
        c.execute(update(table).where(*siennes).values({colonne: instant}))
    record_audit(
        c,
        auteur=signature.auteur,
        action="fermeture d'un accès au poste",
        objet=nom,
        motif=signature.motif,
        instant=instant,
    )


def read_droits(c: Connection, nom: str) -> frozenset[Droit]:
    """Rights of an operator; none when there is none of this name."""
    dits = c.scalar(select(OPERATEURS.c.droits).where(OPERATEURS.c.nom == nom))
    return frozenset(Droit(dit) for dit in (dits or "").split())


def list_operateurs(c: Connection) -> list[Operateur]:
    """Every operator, by name."""
    lus = c.execute(select(OPERATEURS).order_by(OPERATEURS.c.nom))
    return [Operateur(o.nom, frozenset(map(Droit, o.droits.split())), o.depuis) for o in lus]
