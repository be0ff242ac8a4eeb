"""What an operator decides about a deposit: set it aside, or take it up again.

It moves at once; the next night publishes what follows: what a deposit set aside had brought is
taken back by difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from pipelines.nuit.reserves.depots import MIS_A_L_ECART
from specs.contrats import codes_of
from warehouse.alertes import DEPOT, Alerte, record_alerte
from warehouse.decisions import Nature, is_texte
from warehouse.journal import TRANSITIONS, DepotInconnu, change_etat, read_depot

(RECU,) = codes_of("depots", "etat", "RECU")
DE_DEPOT = MISE_A_L_ECART, REPRISE_DEPOT = codes_of(
    "decisions", "nature", "MISE_A_L_ECART", "REPRISE_DEPOT"
)
MOTIF_ECART = "mis à l'écart par décision de la caisse : il est conservé"
MOTIF_REPRISE = "repris par décision de la caisse : il sera contrôlé de nouveau"


def _check_contenu(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"depot"} or not is_texte(contenu["depot"]):
        yield "contenu : le dépôt est attendu, et lui seul"


def _check_ecart(connexion: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    yield from check_depot(connexion, contenu["depot"], MIS_A_L_ECART)


def _check_reprise(connexion: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    yield from check_depot(connexion, contenu["depot"], RECU)


def check_depot(connexion: Connection, depot: str, etat: str) -> Iterator[str]:
    """Why a deposit can't be moved to a state: unknown, or in one that it does not leave so."""
    try:
        actuel = read_depot(connexion, depot).etat
    except DepotInconnu:
        yield f"dépôt inconnu : {depot[:30]} (voir caisse depots)"
        return
    reprise_attendue = etat == RECU and actuel != MIS_A_L_ECART
    if reprise_attendue or etat not in TRANSITIONS[actuel]:
        yield f"dépôt {depot} : son état est {actuel}"


def _set_aside(connexion: Connection, acte: Mapping[str, Any], contenu: Mapping[str, Any]) -> None:
    set_aside_by_decision(connexion, acte, contenu["depot"])


def _take_up(connexion: Connection, acte: Mapping[str, Any], contenu: Mapping[str, Any]) -> None:
    change_etat(connexion, contenu["depot"], RECU, MOTIF_REPRISE, instant=acte["instant"])


def set_aside_by_decision(connexion: Connection, acte: Mapping[str, Any], depot: str) -> None:
    """Set a deposit aside, as the decision whose row is `acte` says, and alert of it."""
    change_etat(connexion, depot, MIS_A_L_ECART, MOTIF_ECART, instant=acte["instant"])
    cause = f"décision {acte['numero']}"
    alerte = Alerte(acte["date_effet"], DEPOT, "decision", cause, depot=depot)
    record_alerte(connexion, alerte, acte["instant"])


NATURES = (
    Nature(
        MISE_A_L_ECART,
        "mise à l'écart d'un dépôt",
        frozenset(),
        _check_contenu,
        _check_ecart,
        _set_aside,
    ),
    Nature(
        REPRISE_DEPOT,
        "reprise d'un dépôt mis à l'écart",
        frozenset(),
        _check_contenu,
        _check_reprise,
        _take_up,
    ),
)
