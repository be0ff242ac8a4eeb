"""A file of the bank, whatever its message: movements and anomalies.

lecture = read_banque(0, octets)
lecture.message, lecture.mouvements, lecture.anomalies
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from parsers.anomalies import assemble
from parsers.banque.document import open_document
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from parsers.banque.releve import read_releve
from parsers.banque.statut import read_statut

LECTEURS = {"camt.053": read_releve, "camt.054": read_releve, "pain.002": read_statut}


@dataclass(frozen=True, slots=True)
class LectureBanque:
    """What a file holds; `version` is None when it could not be read at all (see `anomalies`).

    `mouvements`: SCHEMA_MOUVEMENTS, by rank; `anomalies`: `parsers.anomalies.SCHEMA`.
    """

    version: str | None
    mouvements: pl.DataFrame
    anomalies: pl.DataFrame


def read_banque(fichier: int, octets: bytes | memoryview) -> LectureBanque:
    """Read a file under the caller's number; nothing raises, what is wrong is an anomaly."""
    document = open_document(fichier, octets)
    if isinstance(document, pl.DataFrame):
        return LectureBanque(None, SCHEMA_MOUVEMENTS.to_frame(), assemble([document]))
    lignes = LECTEURS[document.message.nom](document)
    mouvements = pl.DataFrame(
        [{"fichier": fichier, **ligne} for ligne in lignes], schema=SCHEMA_MOUVEMENTS
    )
    return LectureBanque(document.message.version, mouvements, assemble(document.constats))
