"""What an operator decides about a deposit: set it aside, or take it up again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pipelines.nuit.reserves.depots import MIS_A_L_ECART
from specs.contrats import codes_of
from warehouse.alertes import DEPOT, Alerte, record_alerte
from warehouse.decisions import DecisionRefusee, Nature, is_texte, record_decision
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


NATURES = (
    Nature(MISE_A_L_ECART, "mise à l'écart d'un dépôt", frozenset(), _check_contenu),
    Nature(REPRISE_DEPOT, "reprise d'un dépôt mis à l'écart", frozenset(), _check_contenu),
)


def decide_depot(
    connexion: Connection,
    nature: str,
    depot: str,
    *,
    date_effet: date,
    auteur: str,
    motif: str,
    instant: str,
) -> int:
    """Record the decision and move the deposit; the number of the decision.

    The next night publishes what follows: what a deposit set aside had brought is taken back by
    difference.

    Raises:
        DecisionRefusee: an unknown deposit, or one that is not in a state to be moved so.
    """
    ecarte = nature == MISE_A_L_ECART
    etat, raison = (MIS_A_L_ECART, MOTIF_ECART) if ecarte else (RECU, MOTIF_REPRISE)
    _check_depot(connexion, depot, etat)
    numero = record_decision(
        connexion,
        nature=next(connue for connue in NATURES if connue.nom == nature),
        siren=None,
        date_effet=date_effet,
        auteur=auteur,
        motif=motif,
        instant=instant,
        contenu={"depot": depot},
    )
    change_etat(connexion, depot, etat, raison, instant=instant)
    if ecarte:
        alerte = Alerte(date_effet, DEPOT, "decision", f"décision {numero}", depot=depot)
        record_alerte(connexion, alerte, instant)
    return numero


def _check_depot(connexion: Connection, depot: str, etat: str) -> None:
    try:
        actuel = read_depot(connexion, depot).etat
    except DepotInconnu:
        raise DecisionRefusee([f"dépôt inconnu : {depot[:30]} (voir caisse depots)"]) from None
    reprise_attendue = etat == RECU and actuel != MIS_A_L_ECART
    if reprise_attendue or etat not in TRANSITIONS[actuel]:
        raise DecisionRefusee([f"dépôt {depot} : son état est {actuel}"])
