"""A file of the bank, whatever its message: movements and anomalies.

lecture = read_banque(0, octets)
lecture.message, lecture.mouvements, lecture.anomalies
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import polars as pl

from parsers.anomalies import SIGNAL, anomalie, assemble
from parsers.banque.document import Document
from parsers.banque.flux import FichierIllisible, iter_events, open_octets, read_root
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from parsers.banque.releve import read_releve
from parsers.banque.statut import read_statut
from parsers.flux_xml import line, split_tag
from specs.banque import ESPACE_ISO, read_message_version, read_messages
from specs.octets import Octets

LECTEURS = {"camt.053": read_releve, "camt.054": read_releve, "pain.002": read_statut}
MORCEAU = 5_000


@dataclass(frozen=True, slots=True)
class LectureBanque:
    """What a file holds; `version` is None when it could not be read at all (see `anomalies`).

    `mouvements`: SCHEMA_MOUVEMENTS, by rank; `anomalies`: `parsers.anomalies.SCHEMA`.
    """

    version: str | None
    mouvements: pl.DataFrame
    anomalies: pl.DataFrame


def read_banque(fichier: int, octets: Octets) -> LectureBanque:
    """Read a file under the caller's number; nothing raises, what is wrong is an anomaly."""
    try:
        document = _open(fichier, octets)
        if isinstance(document, pl.DataFrame):
            return _unread(document)
        mouvements = _frame(fichier, LECTEURS[document.message.nom](document))
    except FichierIllisible as erreur:
        return _unread(anomalie(fichier, "B001", **erreur.champs))
    if document.corps is None and not document.constats.is_hopeless:
        return _unread(anomalie(fichier, "B003", ligne=1, rubrique=document.message.corps))
    return LectureBanque(
        document.nom_version, mouvements, assemble([document.constats.frame(fichier)])
    )


def _unread(anomalies: pl.DataFrame) -> LectureBanque:
    return LectureBanque(None, SCHEMA_MOUVEMENTS.to_frame(), assemble([anomalies]))


def _open(fichier: int, octets: Octets) -> Document | pl.DataFrame:
    """The document, or the anomaly that forbids reading it: B002 unknown message."""
    texte = open_octets(octets)
    racine = read_root(texte)
    espace, nom = split_tag(str(racine.tag))
    version = espace.removeprefix(ESPACE_ISO)
    lue = read_message_version(version)
    ligne = line(racine)
    if lue is None or nom != "Document":
        deque(iter_events(texte, ("end",), ("Document",)), maxlen=0)  # one cut short is B001
        lus = ", ".join(read_messages())
        return anomalie(fichier, "B002", ligne=ligne, valeur=version, attendu=lus)
    message, numero = lue
    document = Document(fichier, texte, espace, message, numero, version)
    if document.retenue != numero:
        proche = f"{message.nom}.001.{document.retenue:02}"
        document.constats.add("B016", SIGNAL, ligne, valeur=version, attendu=proche)
    return document


def _frame(fichier: int, lignes: Iterator[Mapping[str, Any]]) -> pl.DataFrame:
    """The movements, built by pieces: rows in memory are few at a time."""
    rangs = count(1)
    numerotees = ({"fichier": fichier, "rang": next(rangs), **ligne} for ligne in lignes)
    morceaux = [SCHEMA_MOUVEMENTS.to_frame()]
    while morceau := list(islice(numerotees, MORCEAU)):
        morceaux.append(pl.DataFrame(morceau, schema=SCHEMA_MOUVEMENTS))
    return pl.concat(morceaux)
