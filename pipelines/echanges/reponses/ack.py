"""The receipt of an exchange file (ACK), as soon as it arrives."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.echanges.zones import FIXE, XML
from pipelines.echanges.fichiers import read_entete
from pipelines.echanges.reponses.formes import (
    Question,
    compose_reponse,
    format_paris,
    format_utc,
)
from pipelines.reception.accuse import Accuse
from pipelines.recus import Recu
from specs.echanges import read_genres
from warehouse.maison import Maison


def compose_ack(_maison: Maison, accuse: Accuse, recu: Recu) -> Iterable[tuple[str, bytes]]:
    """The files of the receipt: what arrived, when, whether it can be told what it is."""
    question = read_question(accuse.depot, accuse.recu_le, recu)
    lisible = question.genre and question.mode and question.file_id
    verdict = "DOUBLON" if accuse.verdict == "DOUBLON" else "RECU" if lisible else "ILLISIBLE"
    ligne = {
        "file_id": question.file_id,
        "file_name": accuse.nom,
        "deposit_id": accuse.depot,
        "bytes": accuse.octets,
        "sha256": accuse.sha256,
        "received_utc": format_utc(accuse.recu_le),
        "received_paris": format_paris(accuse.recu_le),
        "verdict": verdict,
    }
    return compose_reponse("ACK", question, accuse.recu_le, [("A1", ligne)])


def read_question(depot: str, recu_le: str, recu: Recu) -> Question:
    """What the header of a file says, when it can be read."""
    entete = read_entete(recu.nom, recu.octets)
    genre = entete.get("kind")
    return Question(
        depot,
        recu_le,
        XML if ".xml" in recu.nom else FIXE,
        genre if genre in read_genres() else None,
        entete.get("mode") if entete.get("mode") in ("T", "R") else None,
        entete.get("file_id"),
        entete.get("siren"),
        entete.get("convention"),
        entete.get("cdg"),
        entete.get("return_format"),
    )
