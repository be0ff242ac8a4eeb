"""Requests of reprocessing: asked with a reason, approved by another person, or refused.

Each is a decision of the fund, so that it is kept, audited, published and played again. An approval
moves the deposits at once; the next night publishes what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pipelines.nuit.reserves.decisions import RECU, check_depot, set_aside_by_decision
from pipelines.nuit.reserves.depots import MIS_A_L_ECART
from pipelines.retraitement import annulations
from pipelines.retraitement.perimetres import VISES
from warehouse.archive import Archive
from warehouse.decisions import (
    DecisionRefusee,
    Nature,
    is_texte,
    record_decision,
)
from warehouse.journal import DepotInconnu, change_etat, read_depot
from warehouse.maison import Maison
from warehouse.moteur import lock_writers
from warehouse.publications import read_publication
from warehouse.retraitements import (
    ACCORD,
    ATTEND,
    DEMANDE,
    RECONTROLE,
    REFUS,
    RETRAIT,
    Acte,
    Demande,
    Effet,
    find_demande,
    format_effet,
)

MOTIF_RECONTROLE = "retraité par décision de la caisse : il sera contrôlé de nouveau"
CHAMPS = {"acte", "perimetre", "depots", "compte", "publication", "effet"}


@dataclass(frozen=True, slots=True)
class Acteur:
    """Who acts: the name that is given, the account of the machine or of the scheduler, why."""

    auteur: str
    compte: str
    motif: str


def ask(
    maison: Maison,
    acte: Acte,
    perimetre: str,
    depots: tuple[str, ...],
    effet: Effet,
    acteur: Acteur,
    instant: str,
) -> int:
    """Record a request with the effect that was shown; its number. DecisionRefusee likewise."""
    with maison.moteur.begin() as connexion:
        demande = acte, perimetre, depots, effet
        return ask_in(connexion, maison.archive, *demande, acteur, instant)


def ask_in(
    connexion: Connection,
    archive: Archive,
    acte: Acte,
    perimetre: str,
    depots: tuple[str, ...],
    effet: Effet,
    acteur: Acteur,
    instant: str,
) -> int:
    """The same in a transaction that does more."""
    contenu = {
        "acte": acte,
        "perimetre": perimetre,
        "depots": list(depots),
        "compte": acteur.compte,
        "publication": effet.publication,
        "effet": archive.write(format_effet(effet)),
    }
    return _record(connexion, DEMANDE, contenu, acteur, instant)


def approve(maison: Maison, numero: int, acteur: Acteur, instant: str) -> int:
    """Approve a request, and move its deposits; the number of the decision.

    Raises:
        DecisionRefusee: it does not wait, its author approves it, or what it showed has aged.
    """
    with maison.moteur.begin() as connexion:
        return approve_in(connexion, numero, acteur, instant)


def approve_in(connexion: Connection, numero: int, acteur: Acteur, instant: str) -> int:
    """The same in a transaction that does more."""
    lock_writers(connexion, "decisions")
    demande = _find_waiting(connexion, numero)
    if _same(acteur.auteur, demande.auteur) or _same(acteur.compte, demande.compte):
        raise DecisionRefusee(
            ["son auteur ne l'approuve pas : il y faut une autre personne, d'un autre compte"]
        )
    publication = read_publication(connexion)
    if (publication.numero if publication else 0) != demande.publication:
        raise DecisionRefusee(
            ["une publication est parue depuis : refuser cette demande, en refaire une"]
        )
    contenu = {"demande": numero, "compte": acteur.compte}
    return _record(connexion, ACCORD, contenu, acteur, instant)


def refuse(maison: Maison, numero: int, acteur: Acteur, instant: str) -> int:
    """Refuse a request; its author may. The number of the decision. DecisionRefusee likewise."""
    with maison.moteur.begin() as connexion:
        return refuse_in(connexion, numero, acteur, instant)


def refuse_in(connexion: Connection, numero: int, acteur: Acteur, instant: str) -> int:
    """The same in a transaction that does more."""
    contenu = {"demande": numero, "compte": acteur.compte}
    return _record(connexion, REFUS, contenu, acteur, instant)


def apply_acte(
    connexion: Connection, acte: Acte, depots: tuple[str, ...], decision: Mapping[str, Any]
) -> None:
    """Move the deposits; `decision`: its `numero`, `date_effet` and `instant`."""
    for depot in depots:
        if acte == RETRAIT:
            set_aside_by_decision(connexion, decision, depot)
        else:
            change_etat(connexion, depot, RECU, MOTIF_RECONTROLE, instant=decision["instant"])


def _find_waiting(connexion: Connection, numero: int) -> Demande:
    demande = find_demande(connexion, numero)
    if demande.etat != ATTEND:
        raise DecisionRefusee([f"la demande {numero} est déjà {demande.etat}, par {demande.par}"])
    return demande


def _same(ici: str, ailleurs: str) -> bool:
    return ici.strip().casefold() == ailleurs.strip().casefold()


def _record(
    connexion: Connection, nature: str, contenu: Mapping[str, Any], acteur: Acteur, instant: str
) -> int:
    return record_decision(
        connexion,
        nature=next(connue for connue in NATURES if connue.nom == nature),
        siren=None,
        date_effet=date.fromisoformat(instant[:10]),
        auteur=acteur.auteur,
        motif=acteur.motif,
        instant=instant,
        contenu=contenu,
    )


def _check_demande(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != CHAMPS or contenu["acte"] not in {RECONTROLE, RETRAIT}:
        yield f"contenu : {', '.join(sorted(CHAMPS))} sont attendus, et un acte connu"
    elif not contenu["depots"] or not is_texte(contenu["compte"]):
        yield "contenu : des dépôts et un compte sont attendus"


def _check_depots(connexion: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    for depot in contenu["depots"]:
        if contenu["acte"] == RETRAIT:
            yield from check_depot(connexion, depot, MIS_A_L_ECART)
            continue
        try:
            etat = read_depot(connexion, depot).etat
        except DepotInconnu:
            yield f"dépôt inconnu : {depot[:30]} (voir caisse depots)"
            continue
        if etat not in VISES[RECONTROLE]:
            yield f"dépôt {depot} : son état est {etat}"


def _check_suite(contenu: Mapping[str, Any]) -> Iterator[str]:
    demande, compte = contenu.get("demande"), contenu.get("compte")
    if set(contenu) != {"demande", "compte"} or not isinstance(demande, int):
        yield "contenu : une demande de retraitement et un compte sont attendus"
    elif not is_texte(compte):
        yield "contenu : le compte est vide"


def _check_attente(connexion: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    """What forbids a request to be refused: it does not wait."""
    try:
        _find_waiting(connexion, contenu["demande"])
    except DecisionRefusee as refus:
        yield from refus.erreurs


def _check_accord(connexion: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    """What forbids a request to be approved: it does not wait, or its deposits moved since."""
    erreurs = [*_check_attente(connexion, contenu)]
    yield from erreurs
    if not erreurs:
        demande = find_demande(connexion, contenu["demande"])
        yield from _check_depots(connexion, {"acte": demande.acte, "depots": demande.depots})


def _apply(connexion: Connection, acte: Mapping[str, Any], contenu: Mapping[str, Any]) -> None:
    demande = find_demande(connexion, contenu["demande"])
    apply_acte(connexion, demande.acte, demande.depots, acte)


NATURES = (
    Nature(
        DEMANDE, "demande de retraitement de dépôts", frozenset(), _check_demande, _check_depots
    ),
    Nature(
        ACCORD,
        "retraitement approuvé",
        frozenset(),
        _check_suite,
        _check_accord,
        _apply,
    ),
    Nature(REFUS, "retraitement refusé", frozenset(), _check_suite, _check_attente),
    annulations.NATURE,
)
