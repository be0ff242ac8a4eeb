"""The night as a scheduler calls it: a run's context in, ids out.

Dates are arguments: a run's conf gives them, or else the moment the run was due, in Paris.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.editique.etapes import draw_part, plan_dessins
from pipelines.editique.impression import plan_impressions, print_part
from pipelines.entretien.menage import run_menage
from pipelines.metiers import METIERS
from pipelines.nuit.date_arrete import PARIS, admit_nuit
from pipelines.nuit.passage import (
    Comptable,
    Passage,
    close_nuit,
    is_nuit_en_cours,
    open_nuit,
    plan_temps,
    run_nuit,
    run_temps,
)
from pipelines.reception.etapes import has_files
from warehouse.demandes.journal import has_demandes
from warehouse.instants import format_instant
from warehouse.journal import read_depots
from warehouse.maison import open_maison
from warehouse.nuits import has_new_acts
from warehouse.reglages import Reglages

Contexte = Mapping[str, Any]
RECEVOIR, CONTROLER, REMETTRE = "recevoir", "controler", "remettre"
DESSINER = "dessiner"


class NuitEnCours(RuntimeError):  # noqa: N818 - named in French
    """What was asked for waits for the end of the night."""


def open_passage(contexte: Contexte) -> Passage:
    """Open the house for a task of a run; `contexte` is Airflow's (params, dag_run)."""
    parametres = contexte["params"]
    demande = parametres.get("maintenant")
    maintenant = datetime.fromisoformat(demande) if demande else contexte["dag_run"].run_after
    if maintenant.tzinfo is None:  # or else it would be that of the machine
        maintenant = maintenant.replace(tzinfo=UTC)
    maintenant = maintenant.astimezone(PARIS)
    arrete = parametres.get("date_arrete")
    date_arrete = date.fromisoformat(arrete) if arrete else maintenant.date()
    return Passage(open_maison(Reglages()), date_arrete, maintenant, METIERS)


def planifier(contexte: Contexte, temps: str) -> list[str] | list[int]:
    """Lots or shards that a task is run on; DateRefusee when the night may not bear its date."""
    passage = open_passage(contexte)
    admit_nuit(passage.maison, passage.date_arrete, passage.maintenant)
    return plan_temps(passage, passage.find_temps(temps))


def executer(contexte: Contexte, temps: str, argument: str | int | None = None) -> Any:  # noqa: ANN401 - ids, as JSON
    """Run a task of the night, on a lot or a shard when it has some; DateRefusee likewise.

    Its first task opens the night. Files are handed over whatever the date: they are owed since
    they were published.
    """
    passage = open_passage(contexte)
    if temps != REMETTRE:
        admit_nuit(passage.maison, passage.date_arrete, passage.maintenant)
    if temps == RECEVOIR:
        open_nuit(passage)
    resultat = _as_json(run_temps(passage, passage.find_temps(temps), argument))
    if temps == REMETTRE:
        close_nuit(passage)
    return resultat


def is_calme(passage: Passage) -> bool:
    """Whether nothing was dropped, asked, imported or decided, nor left of a cut night."""
    maison = passage.maison
    with maison.moteur.connect() as connexion:
        if read_depots(connexion, {"RECU"}) or has_new_acts(connexion) or has_demandes(connexion):
            return False
    return not is_nuit_en_cours(passage) and not has_files(maison)


def controler(contexte: Contexte) -> int:
    """Control what was received, whatever the date: how many lots.

    None once a night is open, which controls them itself: its steps agree with one another.
    """
    passage = open_passage(contexte)
    maison, faits = passage.maison, 0
    for lot in [] if is_nuit_en_cours(passage) else plan_lots(maison):
        if is_nuit_en_cours(passage):  # opened meanwhile
            break
        check_lot(maison, lot, passage.maintenant, passage.metiers)
        faits += 1
    return faits


def remettre(contexte: Contexte) -> Any:  # noqa: ANN401 - figures, as JSON
    """Hand over what is owed, whatever the date: how many files."""
    passage = open_passage(contexte)
    return _as_json(run_temps(passage, passage.find_temps(REMETTRE)))


def planifier_dessins(contexte: Contexte) -> list[int]:
    """Shards with documents to draw, whatever the date."""
    passage = open_passage(contexte)
    imprimes = plan_impressions(passage.maison, passage.metiers)
    return sorted({*plan_dessins(passage.maison), *imprimes})


def dessiner(contexte: Contexte, part: int) -> Any:  # noqa: ANN401 - figures, as JSON
    """Draw the documents of a shard, those to print first, whatever the date: how many."""
    passage = open_passage(contexte)
    print_part(passage.maison, passage.metiers, part)
    return _as_json(draw_part(passage.maison, part, passage.maintenant))


def run_editique(passage: Passage) -> Any:  # noqa: ANN401 - figures, as JSON
    """Draw all that waits, and hand it over, without a scheduler: how many files."""
    while parts := plan_impressions(passage.maison, passage.metiers):
        for part in parts:
            print_part(passage.maison, passage.metiers, part)
    for part in plan_dessins(passage.maison):
        draw_part(passage.maison, part, passage.maintenant)
    return _as_json(run_temps(passage, passage.find_temps(REMETTRE)))


def entretenir(contexte: Contexte) -> Any:  # noqa: ANN401 - figures, as JSON
    """Withdraw what is no longer kept: how many publications, files, bytes.

    NuitEnCours while a night is running: its publication may read what would go.
    """
    passage = open_passage(contexte)
    if is_nuit_en_cours(passage):
        raise NuitEnCours("une nuit est en cours : l'entretien attend qu'elle soit finie")
    instant = format_instant(passage.maintenant)
    return run_menage(passage.maison, passage.maintenant.date(), instant).count()


def run_calme(passage: Passage) -> dict[str, Any]:
    """A night and its documents without a scheduler; by task, the figures of its last run."""
    nuit = {nom: _as_json(dits[-1]) for nom, dits in run_nuit(passage).items() if dits}
    return nuit | {DESSINER: run_editique(passage)}


def recevoir(contexte: Contexte) -> Any:  # noqa: ANN401 - figures, as JSON
    """Claim the complete files, whatever the date: how many were answered, wait, are set aside."""
    passage = open_passage(contexte)
    return _as_json(run_temps(passage, passage.find_temps(RECEVOIR)))


def _as_json(resultat: object) -> object:
    return resultat.count() if isinstance(resultat, Comptable) else resultat
