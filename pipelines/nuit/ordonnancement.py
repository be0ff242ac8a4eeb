"""The steps as a scheduler calls them: a run's context in, ids out.

Dates are arguments: a run's conf gives them, or else the moment the run was due, in Paris.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pipelines.comptes import keep_part, plan_tenue
from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.cotisations.etapes import call_part
from pipelines.declarations.etapes import integrate_part, plan_parts
from pipelines.nuit.date_arrete import PARIS, admit_nuit, check_sans_prelevement
from pipelines.publication.audit import audit_nuit
from pipelines.publication.etapes import publish_nuit
from pipelines.reception.etapes import check_remises, receive_depots, remettre
from pipelines.reception.sources import open_source
from pipelines.reglements.etapes import match_banque
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages

Contexte = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """The house and the time of one run."""

    maison: Maison
    date_arrete: date
    maintenant: datetime


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
    return Passage(open_maison(Reglages()), date_arrete, maintenant)


def open_nuit(contexte: Contexte) -> Passage:
    """Open the house for a step of the night; DateRefusee when it may not bear its date."""
    passage = open_passage(contexte)
    admit_nuit(passage.maison, passage.date_arrete, passage.maintenant)
    return passage


def recevoir(contexte: Contexte) -> dict[str, int]:
    """Claim the complete files: how many were answered, how many wait, how many are set aside."""
    passage = open_passage(contexte)
    source = open_source(passage.maison.reglages)
    reception = receive_depots(passage.maison, source, passage.maintenant)
    return {
        "recus": len(reception.depots),
        "attente": len(reception.attente),
        "ecartes": len(reception.ecartes),
    }


def recevoir_nuit(contexte: Contexte) -> dict[str, int]:
    """The same, as the first step of a night: nothing is taken when its date is refused."""
    open_nuit(contexte)
    return recevoir(contexte)


def planifier_lots(contexte: Contexte) -> list[str]:
    """Lots of deposits to control."""
    return plan_lots(open_nuit(contexte).maison)


def controler(contexte: Contexte, lot: str) -> None:
    """Control one lot."""
    passage = open_nuit(contexte)
    check_lot(passage.maison, lot, passage.maintenant)


def planifier_parts(contexte: Contexte) -> list[int]:
    """Shards with something new."""
    passage = open_nuit(contexte)
    return plan_parts(passage.maison, passage.date_arrete)


def integrer(contexte: Contexte, part: int) -> int:
    """Settle the declarations of one shard; the shard."""
    passage = open_nuit(contexte)
    integrate_part(passage.maison, part, passage.date_arrete)
    return part


def appeler(contexte: Contexte, part: int) -> int:
    """Compute the calls of one shard; the shard."""
    passage = open_nuit(contexte)
    call_part(passage.maison, part, passage.date_arrete)
    return part


def rapprocher(contexte: Contexte) -> None:
    """Tell what every movement of the bank means."""
    passage = open_nuit(contexte)
    match_banque(passage.maison, passage.date_arrete)


def planifier_comptes(contexte: Contexte) -> list[int]:
    """Shards whose accounts are kept."""
    return plan_tenue(open_nuit(contexte).maison)


def tenir_comptes(contexte: Contexte, part: int) -> int:
    """Keep the accounts of one shard; the shard."""
    passage = open_nuit(contexte)
    keep_part(passage.maison, part, passage.date_arrete)
    return part


def auditer(contexte: Contexte) -> int:
    """Put back the companies held, reconcile the others; the number of calls that add up."""
    passage = open_nuit(contexte)
    return audit_nuit(passage.maison, passage.date_arrete).appels


def publier(contexte: Contexte) -> dict[str, int | None]:
    """Publish what is new: number of the publication (None: nothing new), tests, open alerts."""
    passage = open_nuit(contexte)
    check_sans_prelevement(passage.maison, passage.date_arrete)
    resultat = publish_nuit(passage.maison, passage.date_arrete, passage.maintenant)
    numero = resultat.publication.numero if resultat.publication else None
    return {"publication": numero, "essais": resultat.essais, "reserves": resultat.reserves}


def remettre_fichiers(contexte: Contexte) -> int:
    """Hand over the files owed to companies; how many were.

    RemiseIncomplete when some could not be: they stay owed, the step is tried again.
    """
    passage = open_passage(contexte)
    source = open_source(passage.maison.reglages)
    remises = remettre(passage.maison, source, passage.maintenant)
    check_remises(remises)
    return len(remises.faites)
