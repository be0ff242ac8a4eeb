"""A decision gone back on: by another one, that takes it out of what the nights read.

    effet = compute_annulation(passage, 3)
    annul(maison, 3, acteur, instant)

Nothing that it brought is rewritten: the night that follows computes without it, and publishes the
difference. `specs/retours.yaml` says of which natures this is no way back, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection

from pipelines.nuit.passage import Passage
from pipelines.retraitement.effets import compute_effet
from specs.contrats import valeurs_of
from specs.retours import read_retours
from warehouse.decisions import (
    ANNULATION,
    DecisionRefusee,
    Nature,
    read_decisions,
    read_en_vigueur,
    record_decision,
)
from warehouse.instants import format_instant
from warehouse.retraitements import Effet

ESSAI = ("essai", "effet montré avant l'acte")


def describe_decision(connexion: Connection, numero: int) -> str:
    """What would be gone back on, in French; DecisionRefusee when it can't be."""
    prise = _find_annulable(connexion, numero)
    titre = valeurs_of("decisions", "nature")[prise["nature"]]
    return f"décision {numero} du {prise['date_effet']:%d/%m/%Y}, {titre}"


def compute_annulation(passage: Passage, numero: int) -> Effet:
    """What the night would publish otherwise without this decision; nothing is kept of it.

    Raises:
        DecisionRefusee: it can't be gone back on.
        RetraitementRefuse: a night is running.
    """
    with passage.maison.moteur.connect() as connexion:
        _find_annulable(connexion, numero)
    instant = format_instant(passage.maintenant)
    return compute_effet(passage, lambda connexion: annul(connexion, numero, *ESSAI, instant))


def annul(connexion: Connection, numero: int, auteur: str, motif: str, instant: str) -> int:
    """Go back on a decision; the number of the one that does. DecisionRefusee likewise."""
    return record_decision(
        connexion,
        nature=NATURE,
        siren=_find_annulable(connexion, numero)["siren"],
        date_effet=date.fromisoformat(instant[:10]),
        auteur=auteur,
        motif=motif,
        instant=instant,
        contenu={"decision": numero},
    )


def _find_annulable(connexion: Connection, numero: int) -> dict[str, Any]:
    """The row of a decision that a reversal undoes; DecisionRefusee when there is none such."""
    celle = pl.col("numero") == numero
    prises = read_decisions(connexion).filter(celle).to_dicts()
    if not prises:
        raise DecisionRefusee([f"décision inconnue : {numero} (voir caisse decisions)"])
    (prise,) = prises
    autrement = read_retours()[prise["nature"]]
    if autrement is not None:
        titre = valeurs_of("decisions", "nature")[prise["nature"]]
        raise DecisionRefusee([f"décision {numero}, {titre} : {autrement}"])
    if read_en_vigueur(connexion).filter(celle).is_empty():
        raise DecisionRefusee([f"la décision {numero} est déjà annulée"])
    return prise


def _check_contenu(contenu: Mapping[str, Any]) -> Iterator[str]:
    if set(contenu) != {"decision"} or not isinstance(contenu["decision"], int):
        yield "contenu : le numéro de la décision est attendu, et lui seul"


def _check_suite(connexion: Connection, contenu: Mapping[str, Any]) -> Iterator[str]:
    try:
        _find_annulable(connexion, contenu["decision"])
    except DecisionRefusee as refus:
        yield from refus.erreurs


NATURE = Nature(ANNULATION, "décision annulée", frozenset(), _check_contenu, _check_suite)
