"""What a double is answered: what the file that it repeats was, again, from the archive.

When that one was replaced or cancelled since, its report says one thing more: what took its place.
Source: exchange.md 6.1 (idempotence) of the proposed specification; X-13.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from parsers.echanges.zones import FIXE, XML
from pipelines.echanges.reponses.ack import compose_acks
from pipelines.echanges.reponses.formes import Ligne, Question, Reponse, compose_reponse
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.reception.accuse import build_accuse
from pipelines.recus import Recu
from specs.messages import read_message, render_message
from warehouse.envois import Envoi, find_envoi, find_suite
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.remises import find_reponses, mode_of

RAPPORT, BILAN = "CRT", "CRM"
REMPLACE, VARIANTE = "F011", "suivi"
SIGNAL = "S"


@dataclass(frozen=True, slots=True)
class _Passe:
    """What a file was answered, by name, and what took its place since (None: nothing)."""

    reponses: Mapping[str, bytes]
    envoi: Envoi | None
    suite: Envoi | None


def repeat_reponses(maison: Maison, depot: Depot, original: Depot) -> Iterator[Lettre]:
    """The answers of `original` again, for `depot` which repeats it.

    One that the reception took for another file has its receipt again too: a double.
    """
    with maison.moteur.connect() as connexion:
        contenus = find_reponses(connexion, original.depot, (RAPPORT, BILAN))
        envoi = find_envoi(connexion, original.depot)
        suite = find_suite(connexion, envoi) if envoi else None
    reponses = {nom: maison.archive.read(sha256) for nom, sha256 in contenus.items()}
    passe = _Passe(reponses, envoi, suite)
    draw = partial(_draw, maison, depot, original, passe)
    yield Lettre(
        depot.adherent,
        draw,
        depot.depot,
        mode_of(original.essai),
        envoi.cdg if envoi else None,
    )


def _draw(maison: Maison, depot: Depot, original: Depot, passe: _Passe) -> Iterator[Fichier]:
    if depot.etat != "DOUBLON":
        yield from _compose_accuse(maison, depot, original)
    repris = passe.suite is not None
    for nom, octets in passe.reponses.items():
        if not (repris and nom.startswith(RAPPORT)):
            yield nom, octets
    if passe.envoi is not None and passe.suite is not None:
        yield from _tell_suite(original, passe.reponses, passe.envoi, passe.suite)


def _compose_accuse(maison: Maison, depot: Depot, original: Depot) -> Iterator[Fichier]:
    accuse = build_accuse(depot, mode_of(original.essai) or "inconnu", "DOUBLON", original)
    octets = maison.archive.open(depot.sha256)
    recu = Recu(depot.numero, octets, depot.nom, depot.adherent, depot.recu_le)
    for rendus in compose_acks(maison, [(accuse, recu)]):
        yield from rendus


def _tell_suite(
    original: Depot, reponses: Mapping[str, bytes], envoi: Envoi, suite: Envoi
) -> Iterator[Fichier]:
    """The report as it was, from its JSON which is whole, and what took the place of the file."""
    rapports = {nom.rsplit(".", 1)[-1]: nom for nom in reponses if nom.startswith(RAPPORT)}
    if "json" not in rapports:
        return
    lu: dict[str, Any] = json.loads(reponses[rapports["json"]])
    question = Question(
        original.depot,
        original.recu_le,
        XML if "xml" in rapports else FIXE,
        envoi.genre,
        envoi.mode,
        envoi.file_id,
        envoi.siren,
        envoi.convention,
        envoi.cdg,
    )
    (verdict,) = lu["c1"]
    dites = [dict(erreur) for erreur in lu.get("c2", ())]
    corrections = [erreur.pop("correction", None) for erreur in dites]
    lignes: list[Ligne] = [
        ("C1", verdict | {"n_signals": verdict.get("n_signals", 0) + 1}),
        *(("C2", erreur) for erreur in dites),
        ("C2", _signal(suite)),
    ]
    precisions = {n: {"correction": c} for n, c in enumerate(corrections, 1) if c is not None}
    reponse = Reponse(question, original.recu_le, lignes, precisions)
    yield from compose_reponse(RAPPORT, reponse)


def _signal(suite: Envoi) -> dict[str, Any]:
    """What took the place of the file: its reference, of the whole file (record 0)."""
    return {
        "record_no": 0,
        "code": REMPLACE,
        "severity": SIGNAL,
        "value": suite.file_id,
        "message": render_message(REMPLACE, VARIANTE, valeur=suite.file_id),
        "hint": read_message(REMPLACE, VARIANTE).remede,
    }
