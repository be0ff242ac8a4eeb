"""The technical report of an exchange file (CRT), as soon as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import polars as pl

from parsers.anomalies import BLOQUANTE
from parsers.echanges.corrections import find_place
from pipelines.controle.lecture import Lecture
from pipelines.controle.natures import CONFORME, Bilan
from pipelines.echanges.fichiers import correct_depot
from pipelines.echanges.reponses.formes import Ligne, Question, address, compose_reponse
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.recus import Recu
from warehouse.journal import Depot
from warehouse.maison import Maison

NON_CONFORME_DIT = "NON CONFORME"  # as the layout writes it


def compose_crts(maison: Maison, depots: Sequence[Depot], lecture: Lecture) -> Iterator[Lettre]:
    """One letter an exchange file: its report in the form that it asks for, and in JSON."""
    envois = lecture.tables.get("envois_lus")
    if envois is None:
        return
    questions = {ligne["fichier"]: ligne for ligne in envois.iter_rows(named=True)}
    bilans = {bilan.fichier: bilan for bilan in lecture.bilans}
    for depot in depots:
        if depot.numero in questions:
            question = build_question(depot, questions[depot.numero])
            anomalies = lecture.anomalies.filter(fichier=depot.numero).sort("rang")
            bilan = bilans[depot.numero]
            draw = partial(_draw, maison, depot, question, bilan, anomalies)
            yield address(question, depot.adherent, draw)


def build_question(depot: Depot, envoi: dict[str, Any]) -> Question:
    """The file that is answered, from the header that was read (contract `envois_lus`)."""
    return Question(
        depot.depot,
        depot.recu_le,
        envoi["forme"],
        envoi["genre"],
        envoi["mode"],
        envoi["file_id"],
        envoi["siren"],
        envoi["convention"],
        envoi["cdg"],
        envoi["format_retour"],
    )


def _draw(
    maison: Maison, depot: Depot, question: Question, bilan: Bilan, anomalies: pl.DataFrame
) -> Iterator[Fichier]:
    lignes = _lines(question, bilan, anomalies)
    recu = Recu(depot.numero, maison.archive.open(depot.sha256), depot.nom)
    trouvees = correct_depot(recu, question.genre, anomalies)
    # The verdict is the first line: the error of each anomaly is the next one.
    precisions = {n: {"correction": c} for n, c in enumerate(trouvees, 1) if c is not None}
    # Minutes after it came, as if at once: controlled again, it has the same bytes.
    return compose_reponse("CRT", question, question.recu_le, lignes, precisions)


def _lines(question: Question, bilan: Bilan, anomalies: pl.DataFrame) -> list[Ligne]:
    verdict = {
        "file_id": question.file_id,
        "deposit_id": question.depot,
        "verdict": CONFORME if bilan.accepte else NON_CONFORME_DIT,
        "n_errors": bilan.anomalies_bloquantes,
        "n_signals": bilan.anomalies_signalees,
    }
    erreurs = (_error(question.genre, a) for a in anomalies.iter_rows(named=True))
    return [("C1", verdict), *(("C2", erreur) for erreur in erreurs)]


def _error(genre: str | None, anomalie: dict[str, Any]) -> dict[str, Any]:
    champ = find_place(genre, anomalie["bloc"], anomalie["rubrique"])
    return {
        "record_no": anomalie["ligne"] or 0,
        "record_type": anomalie["bloc"],
        "field": anomalie["rubrique"],
        "start": champ.debut if champ else None,
        "length": champ.longueur if champ else None,
        "code": anomalie["code"],
        "severity": "B" if anomalie["severite"] == BLOQUANTE else "S",
        "value": anomalie["valeur"],
        "message": anomalie["message"],
        "hint": anomalie["remede"],
    }
