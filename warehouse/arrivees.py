"""Deposits that arrive: written in the journal many at a time, each once.

with maison.moteur.begin() as connexion:
depots = record_depots(connexion, arrivees)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from warehouse.journal import Depot
from warehouse.moteur import lock_writers, searched
from warehouse.points_arret import crashpoint
from warehouse.tables_sql import DEPOTS, ETATS_DEPOT

LUS = 500  # contents looked up by one statement
RECU, DOUBLON, ILLISIBLE = "RECU", "DOUBLON", "ILLISIBLE"
Contenu = tuple[str, str]  # box, SHA-256


@dataclass(frozen=True, slots=True)
class Arrivee:
    """A file that came: its box, its name made legible, its content, when (UTC, ISO).

    `utilisateur`: who dropped it, None for the account of the box. `refus`: why it is refused
    unread (French), empty when it is not.
    """

    adherent: str
    nom: str
    sha256: str
    octets: int
    recu_le: str
    utilisateur: str | None = None
    refus: str = ""

    @property
    def contenu(self) -> Contenu:
        """What makes it the same as another."""
        return self.adherent, self.sha256


def record_depots(c: Connection, arrivees: Sequence[Arrivee]) -> list[Depot]:
    """Write deposits in the journal, numbered in their order.

    RECU; DOUBLON when this box already sent this content; ILLISIBLE when it is refused. Concurrent
    callers are put in a line; the unique index is the net (IntegrityError).
    """
    if not arrivees:
        return []
    lock_writers(c, "depots")
    originaux = _read_originaux(c, arrivees)
    premier = (c.scalar(select(func.max(DEPOTS.c.numero))) or 0) + 1
    depots = []
    for numero, arrivee in enumerate(arrivees, premier):
        depot = _received(numero, arrivee, originaux.get(arrivee.contenu))
        originaux.setdefault(arrivee.contenu, depot.depot)
        depots.append(depot)
    c.execute(insert(DEPOTS), [_columns(depot) for depot in depots])
    c.execute(insert(ETATS_DEPOT), [etat for depot in depots for etat in _list_etats(depot)])
    crashpoint("journal.depot_inscrit")
    return depots


def _read_originaux(c: Connection, arrivees: Sequence[Arrivee]) -> dict[Contenu, str]:
    """The deposits that brought these contents first."""
    contenus = sorted({arrivee.contenu for arrivee in arrivees})
    connus: dict[Contenu, str] = {}
    for debut in range(0, len(contenus), LUS):
        cherches = searched(("adherent", "sha256"), contenus[debut : debut + LUS])
        siens = (DEPOTS.c.adherent == cherches.c.adherent) & (DEPOTS.c.sha256 == cherches.c.sha256)
        lus = select(DEPOTS.c.adherent, DEPOTS.c.sha256, DEPOTS.c.depot).join(cherches, siens)
        originaux = c.execute(lus.where(DEPOTS.c.original.is_(None)))
        connus |= {(adherent, sha256): depot for adherent, sha256, depot in originaux}
    return connus


def _received(numero: int, arrivee: Arrivee, original: str | None) -> Depot:
    etat, motif = RECU, None
    if original is not None:
        etat, motif = DOUBLON, f"contenu déjà reçu : dépôt {original}"
    elif arrivee.refus:
        etat, motif = ILLISIBLE, arrivee.refus
    return Depot(
        numero=numero,
        depot=f"D{numero:08d}",
        adherent=arrivee.adherent,
        nom=arrivee.nom,
        sha256=arrivee.sha256,
        octets=arrivee.octets,
        recu_le=arrivee.recu_le,
        etat=etat,
        motif=motif,
        original=original,
        essai=None,
        version=None,
        lignes=None,
        declarations=None,
        anomalies_bloquantes=None,
        anomalies_signalees=None,
        nature=None,
        utilisateur=arrivee.utilisateur,
    )


def _columns(depot: Depot) -> dict[str, object]:
    return {nom: getattr(depot, nom) for nom in Depot.__slots__}


def _list_etats(depot: Depot) -> Iterator[dict[str, object]]:
    """What it went through: one that is refused was received first."""
    commun = {"depot": depot.depot, "instant": depot.recu_le}
    if depot.etat == ILLISIBLE:
        yield commun | {"rang": 1, "etat": RECU, "motif": None}
        yield commun | {"rang": 2, "etat": ILLISIBLE, "motif": depot.motif}
    else:
        yield commun | {"rang": 1, "etat": depot.etat, "motif": depot.motif}
