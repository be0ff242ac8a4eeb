"""From what an operator asks to its effect, then to its record.

prepare = prepare_retraitement(passage, perimetre, RECONTROLE)
numero = ask_retraitement(maison, prepare, acteur, instant)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pipelines.echanges.payees import read_payees
from pipelines.nuit.passage import Passage
from pipelines.retraitement.decisions import Acteur, apply_acte, ask_in
from pipelines.retraitement.effets import RetraitementRefuse, compute_effet
from pipelines.retraitement.perimetres import Perimetre, find_depots
from warehouse.archive import Archive
from warehouse.instants import format_instant
from warehouse.maison import Maison
from warehouse.retraitements import RETRAIT, Acte, Effet, describe_objet


@dataclass(frozen=True, slots=True)
class Prepare:
    """An act, its scope in French, the deposits that it is about, what it would change."""

    acte: Acte
    perimetre: str
    depots: tuple[str, ...]
    effet: Effet

    @property
    def objet(self) -> str:
        """In French."""
        return describe_objet(self.acte, self.perimetre, self.depots)


def prepare_retraitement(passage: Passage, perimetre: Perimetre, acte: Acte) -> Prepare:
    """Find the deposits and compute the effect on this night; nothing is kept of it.

    Raises:
        PerimetreVide: no deposit is in the scope.
        RetraitementRefuse: a night is running, or a line of a file to withdraw was paid.
    """
    depots = find_depots(passage.maison, perimetre, acte)
    if acte == RETRAIT:
        _check_payees(passage.maison, depots)

    def agit(connexion: Connection) -> None:
        instant = format_instant(passage.maintenant)
        decision = {"numero": 0, "date_effet": passage.date_arrete, "instant": instant}
        apply_acte(connexion, acte, depots, decision)

    return Prepare(acte, str(perimetre), depots, compute_effet(passage, agit))


def ask_retraitement(maison: Maison, prepare: Prepare, acteur: Acteur, instant: str) -> int:
    """Record the request; RetraitementRefuse when nothing would change, DecisionRefusee."""
    with maison.moteur.begin() as connexion:
        return ask_retraitement_in(connexion, maison.archive, prepare, acteur, instant)


def ask_retraitement_in(
    connexion: Connection, archive: Archive, prepare: Prepare, acteur: Acteur, instant: str
) -> int:
    """The same in a transaction that does more."""
    if prepare.effet.nul:
        raise RetraitementRefuse("rien ne changerait : il n'y a rien à approuver")
    demande = prepare.acte, prepare.perimetre, prepare.depots, prepare.effet
    return ask_in(connexion, archive, *demande, acteur, instant)


def _check_payees(maison: Maison, depots: Sequence[str]) -> None:
    payees = read_payees(maison, depots)
    if payees:
        dits = "; ".join(f"{depot} ({', '.join(cles)})" for depot, cles in payees.items())
        raise RetraitementRefuse(f"des lignes sont payées, leur dépôt reste : {dits}")
