"""What an act of the desk would change, on copies that are thrown away: shown before it is done.

    show_effet(maison, METIERS, {"acte": {...}, "auteur": "anne", "motif": "...", "instant": ...})

The answer is JSON: `objet`, in French, `effet` as it is kept, `demande` what a request of
reprocessing would record; or `refus`, sentences in French.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipelines.metier import Metier
from pipelines.nuit.passage import Passage
from pipelines.poste.actes import Acte, compose
from pipelines.retraitement.decisions import Acteur
from pipelines.retraitement.effets import RetraitementRefuse, compare_nuit, play_nuit
from pipelines.retraitement.etapes import Prepare, prepare_retraitement
from pipelines.retraitement.perimetres import Perimetre, PerimetreVide, find_perimetre
from specs.periodes import PeriodeRefusee
from warehouse.acces.demandes import Contenu
from warehouse.decisions import DecisionRefusee
from warehouse.instants import paris_day
from warehouse.maison import Maison
from warehouse.retraitements import Effet, format_effet, parse_effet

RETRAITEMENT = "retraitement"
REFUS = (DecisionRefusee, RetraitementRefuse, PerimetreVide, PeriodeRefusee)


def show_effet(maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """What the night of the day of signature would publish otherwise."""
    instant = contenu["instant"]
    passage = Passage(maison, paris_day(instant), datetime.fromisoformat(instant), tuple(metiers))
    try:
        dite = _compute(passage, contenu)
    except REFUS as refus:
        dite = {"refus": list_raisons(refus)}
    return json.dumps(dite, ensure_ascii=False)


def list_raisons(refus: Exception) -> list[str]:
    """Why, as sentences."""
    return list(refus.erreurs) if isinstance(refus, DecisionRefusee) else [str(refus)]


def parse_prepare(dite: dict[str, Any]) -> Prepare:
    """The request of reprocessing that an answer showed."""
    demande = dite["demande"]
    effet = parse_effet(dite["effet"].encode())
    return Prepare(demande["acte"], demande["perimetre"], tuple(demande["depots"]), effet)


def _compute(passage: Passage, contenu: Contenu) -> dict[str, Any]:
    acte = contenu["acte"]
    if acte["genre"] == RETRAITEMENT:
        return _prepare(passage, acte)
    acteur = Acteur(contenu["auteur"], contenu["auteur"], contenu["motif"])
    maison, instant = passage.maison, contenu["instant"]
    objet, agit = compose(maison, passage.metiers, acte, acteur, instant)

    def play_acte(jumelle: Maison) -> None:
        with jumelle.moteur.begin() as connexion:
            agit(jumelle, connexion)
        play_nuit(passage, jumelle)

    return {"objet": objet, "effet": _format(compare_nuit(passage, play_acte)), "demande": None}


def _prepare(passage: Passage, acte: Acte) -> dict[str, Any]:
    noms = ("depot", "cdg", "salarie", "matricule", "periode")
    mots = Perimetre(**{nom: acte.get(nom) or None for nom in noms})
    perimetre = find_perimetre(passage.maison, acte.get("adherent") or None, mots)
    prepare = prepare_retraitement(passage, perimetre, acte["acte"])
    demande = {
        "acte": prepare.acte,
        "perimetre": prepare.perimetre,
        "depots": list(prepare.depots),
    }
    return {"objet": prepare.objet, "effet": _format(prepare.effet), "demande": demande}


def _format(effet: Effet) -> str:
    return format_effet(effet).decode()
