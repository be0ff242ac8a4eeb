"""The receipts of exchange files (ACK), as soon as they arrive."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.echanges.zones import FIXE, XML
from pipelines.echanges.fichiers import read_entete
from pipelines.echanges.reponses.formes import (
    Question,
    Reponse,
    compose_reponses,
    format_paris,
    format_utc,
)
from pipelines.editique.formes import Rendu
from pipelines.reception.accuse import Accuse
from pipelines.recus import Recu
from specs.echanges import read_genres
from warehouse.maison import Maison


def compose_acks(
    _maison: Maison, recus: Sequence[tuple[Accuse, Recu]]
) -> Sequence[Sequence[Rendu]]:
    """The files of each receipt: what arrived, when, whether it can be told what it is."""
    return compose_reponses("ACK", [_answer(accuse, recu) for accuse, recu in recus])


def _answer(accuse: Accuse, recu: Recu) -> Reponse:
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
    return Reponse(question, accuse.recu_le, [("A1", ligne)])


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
