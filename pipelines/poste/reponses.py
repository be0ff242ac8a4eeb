"""The guichet of the desk: what is shown is computed, what is asked is done, once each.

    perform_actes(maison, METIERS, maintenant)
    answer_demandes(maison, METIERS, maintenant, SUGGESTIONS)

An act and its answer are written in one transaction: cut in between, it is done again whole. The
right to it is asked for again here, whatever the page that wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from pipelines.guichet.reponses import Reponse, answer_demandes, try_reponse
from pipelines.metier import Metier
from pipelines.poste.actes import Agit, compose
from pipelines.poste.effets import REFUS, RETRAITEMENT, list_raisons, parse_prepare, show_effet
from pipelines.poste.suggestions import suggest_candidats, suggest_orphelins
from pipelines.reception.etapes import create_boites
from pipelines.retraitement.decisions import Acteur
from pipelines.retraitement.etapes import ask_retraitement_in
from warehouse.acces.demandes import (
    ACTE,
    CANDIDATS,
    EFFET,
    ORPHELINS,
    Demande,
    answer,
    find_demande,
    find_reponse,
    read_demandes,
)
from warehouse.acces.operateurs import may, read_droits
from warehouse.acces.portes import Porte
from warehouse.decisions import DecisionRefusee
from warehouse.maison import Maison
from warehouse.moteur import lock_writers
from warehouse.tables_acces import DEMANDES_ESPACE

SUGGESTIONS: Mapping[str, Reponse] = MappingProxyType(
    {ORPHELINS: suggest_orphelins, CANDIDATS: suggest_candidats}
)
EFFETS: Mapping[str, Reponse] = MappingProxyType({EFFET: show_effet})
SANS_DROIT = "cet acte n'est pas ouvert à cet opérateur"
OUBLIE = "l'effet montré n'est plus gardé : le demander de nouveau"


def answer_vite(maison: Maison, metiers: Sequence[Metier], maintenant: datetime) -> int:
    """Do what is asked and suggest, without waiting for an effect that is being computed."""
    faits = perform_actes(maison, metiers, maintenant)
    return faits + answer_demandes(maison, metiers, maintenant, SUGGESTIONS)


def answer_effets(maison: Maison, metiers: Sequence[Metier], maintenant: datetime) -> int:
    """Compute the effects that are asked, one after the other."""
    return answer_demandes(maison, metiers, maintenant, EFFETS)


def perform_actes(maison: Maison, metiers: Sequence[Metier], maintenant: datetime) -> int:
    """Do every act that waits; how many were done or refused."""
    with maison.moteur.connect() as connexion:
        demandes = read_demandes(connexion, {ACTE})
    for demande in demandes:
        _perform(maison, metiers, demande, maintenant)
    return len(demandes)


def _perform(
    maison: Maison, metiers: Sequence[Metier], demande: Demande, maintenant: datetime
) -> None:
    def do() -> str:
        try:
            _do(maison, metiers, demande, maintenant)
        except REFUS as refus:
            return json.dumps({"refus": list_raisons(refus)}, ensure_ascii=False)
        return ""

    refus = try_reponse(demande.nature, do)
    if refus != "":
        with maison.moteur.begin() as connexion:
            answer(connexion, demande.empreinte, refus, maintenant)


def _do(maison: Maison, metiers: Sequence[Metier], demande: Demande, maintenant: datetime) -> None:
    """The act and its answer, unless it was done already; what refuses it is raised."""
    contenu = demande.contenu
    with maison.moteur.connect() as connexion:
        montre = _find_montre(connexion, demande)
    acte = montre["acte"]
    acteur = Acteur(contenu["auteur"], demande.utilisateur, contenu["motif"])
    instant = contenu["instant"]
    if acte["genre"] == RETRAITEMENT:
        agit = _ask(montre["reponse"], acteur, instant)
    else:
        _, agit = compose(maison, metiers, acte, acteur, instant)
    with maison.moteur.begin() as connexion:
        lock_writers(connexion, DEMANDES_ESPACE.name)
        _check_droit(connexion, demande, acte["genre"])
        if find_reponse(connexion, demande.empreinte) is None:
            fait = {"fait": agit(maison, connexion)}
            texte = json.dumps(fait, ensure_ascii=False)
            answer(connexion, demande.empreinte, texte, maintenant)
    if acte["genre"] == "inscription":
        create_boites(maison)  # of a company that was not known; nothing for the others


def _ask(dite: dict[str, Any], acteur: Acteur, instant: str) -> Agit:
    prepare = parse_prepare(dite)

    def agit(maison: Maison, connexion: Connection) -> str:
        archive = maison.archive
        numero = ask_retraitement_in(connexion, archive, prepare, acteur, instant)
        return f"Demande {numero} enregistrée ; une autre personne l'approuve ou la refuse."

    return agit


def _find_montre(connexion: Connection, demande: Demande) -> dict[str, Any]:
    """The act, and the answer that showed its effect when there was one."""
    if "acte" in demande.contenu:
        return {"acte": demande.contenu["acte"]}
    empreinte = demande.contenu["effet"]
    montree, reponse = find_demande(connexion, empreinte), find_reponse(connexion, empreinte)
    if montree is None or reponse is None or montree.utilisateur != demande.utilisateur:
        raise DecisionRefusee([OUBLIE])
    dite = json.loads(reponse.texte) if reponse.texte else {"refus": [OUBLIE]}
    if "refus" in dite:
        raise DecisionRefusee(dite["refus"])
    return {"acte": montree.contenu["acte"], "reponse": dite}


def _check_droit(connexion: Connection, demande: Demande, genre: str) -> None:
    nom = Porte.POSTE.name_personne(demande.utilisateur)
    if nom is None or nom != demande.contenu["auteur"]:
        raise DecisionRefusee([SANS_DROIT])
    if not may(read_droits(connexion, nom), genre):
        raise DecisionRefusee([SANS_DROIT])
