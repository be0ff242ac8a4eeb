"""The technical reports of exchange files (CRT), as soon as they are read."""

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
from pipelines.echanges.reponses.formes import Ligne, Question, Reponse, address, compose_reponses
from pipelines.editique.lettres import Lettre
from pipelines.lots import cut_lots
from pipelines.recus import Recu
from warehouse.journal import Depot
from warehouse.maison import Maison

NON_CONFORME_DIT = "NON CONFORME"  # as the layout writes it
LIGNES = 10_000  # of reports composed together
Repondu = tuple[Depot, Bilan, pl.DataFrame]  # a file, its verdict, its anomalies


def compose_crts(maison: Maison, depots: Sequence[Depot], lecture: Lecture) -> Iterator[Lettre]:
    """One letter an exchange file: its report in the form that it asks for, and in JSON."""
    envois = lecture.tables.get("envois_lus")
    if envois is None:
        return
    questions = {ligne["fichier"]: ligne for ligne in envois.iter_rows(named=True)}
    bilans = {bilan.fichier: bilan for bilan in lecture.bilans}
    dites = lecture.anomalies.sort("fichier", "rang").partition_by("fichier", as_dict=True)
    sans = lecture.anomalies.clear()
    repondus = [
        (depot, bilans[depot.numero], dites.get((depot.numero,), sans))
        for depot in depots
        if depot.numero in questions
    ]
    for lot in cut_lots(repondus, _weigh, LIGNES):
        reponses = [
            _answer(maison, depot, build_question(depot, questions[depot.numero]), bilan, anomalies)
            for depot, bilan, anomalies in lot
        ]
        composees = compose_reponses("CRT", reponses)
        for (depot, *_), reponse, rendus in zip(lot, reponses, composees, strict=True):
            yield address(reponse.question, depot.adherent, partial(iter, rendus))


def _weigh(repondu: Repondu) -> int:
    """Lines of a report."""
    return 1 + repondu[-1].height


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


def _answer(
    maison: Maison, depot: Depot, question: Question, bilan: Bilan, anomalies: pl.DataFrame
) -> Reponse:
    lignes = _lines(question, bilan, anomalies)
    # Minutes after it came, as if at once: controlled again, it has the same bytes.
    return Reponse(
        question, question.recu_le, lignes, _corrections(maison, depot, question, anomalies)
    )


def _corrections(
    maison: Maison, depot: Depot, question: Question, anomalies: pl.DataFrame
) -> dict[int, dict[str, Any]]:
    """What a machine may put right, by line: the verdict is the first, then each anomaly."""
    if anomalies.is_empty():
        return {}
    recu = Recu(depot.numero, maison.archive.open(depot.sha256), depot.nom)
    trouvees = correct_depot(recu, question.genre, anomalies)
    return {n: {"correction": c} for n, c in enumerate(trouvees, 1) if c is not None}


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
