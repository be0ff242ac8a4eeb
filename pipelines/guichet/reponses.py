"""Answers to what the space asks: the sentences of explanations, drawings made.

    answer_demandes(maison, METIERS, maintenant)

Read only: nothing that is answered changes the fund, and nothing is kept but for a while.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from parsers.echanges.composition import ValeurHorsZone
from pipelines.editique.dessins import Dessin
from pipelines.explications.demandes import Demande as Explicable
from pipelines.explications.demandes import explain
from pipelines.explications.lecture import DemandeRefusee
from pipelines.guichet.fichiers import NUMERO, control_recu, write_fichier
from pipelines.guichet.salarie import print_document, simulate, tell
from pipelines.metier import Metier
from pipelines.nuit.reserves.fautifs import PASSAGERES, describe_cause
from pipelines.nuit.traces import open_journal
from pipelines.recus import Recu
from warehouse.acces.demandes import (
    CONTROLE,
    DESSIN,
    DOCUMENT,
    EXPLICATION,
    FICHIER,
    RECIT,
    SIMULATION,
    Contenu,
    Demande,
    answer,
    forget_demandes,
    must_forget,
    read_demandes,
)
from warehouse.maison import Maison

Reponse: TypeAlias = Callable[[Maison, Sequence[Metier], Contenu], str]


def answer_demandes(
    maison: Maison,
    metiers: Sequence[Metier],
    maintenant: datetime,
    reponses: Mapping[str, Reponse] | None = None,
) -> int:
    """Answer the requests that wait, forget those of before; how many were answered.

    `reponses`: natures that are answered here, those of the space by default: another guichet
    answers the others. One that fails is refused, and told in the log: it never stops the others.
    """
    repond = REPONSES if reponses is None else reponses
    with maison.moteur.connect() as connexion:
        demandes = read_demandes(connexion, repond.keys())
        vieillies = must_forget(connexion, maintenant)
    for demande in demandes:
        texte = _answer(maison, metiers, demande, repond[demande.nature])
        with maison.moteur.begin() as connexion:
            answer(connexion, demande.empreinte, texte, maintenant)
    if vieillies:
        with maison.moteur.begin() as connexion:
            forget_demandes(connexion, maintenant)
    return len(demandes)


def _answer(
    maison: Maison, metiers: Sequence[Metier], demande: Demande, repond: Reponse
) -> str | None:
    return try_reponse(demande.nature, lambda: repond(maison, metiers, demande.contenu))


def try_reponse(nature: str, repond: Callable[[], str]) -> str | None:
    """What is answered; None when it fails, which is told in the log, or is refused."""
    try:
        return repond()
    except DemandeRefusee:
        return None
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - one request never stops the others
        cause = describe_cause(erreur)
        open_journal("caisse.guichet").error("demande en panne", nature=nature, cause=cause)
        return None


def _explain(maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """The sentences of each identifier, as of a publication: a list of lists."""
    demandes = (Explicable(nom, contenu["publication"]) for nom in contenu["identifiants"])
    dites = [explain(maison, demande, metiers).phrases for demande in demandes]
    return json.dumps(dites, ensure_ascii=False)


def _draw(_maison: Maison, _metiers: Sequence[Metier], contenu: Contenu) -> str:
    """The file, in base64."""
    return base64.b64encode(Dessin(contenu["forme"], contenu["contenu"]).draw()).decode()


def _write(_maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """The exchange file, in base64, its name, what its control says."""
    try:
        ecrit = write_fichier(contenu, metiers)
    except ValeurHorsZone as refus:
        raise DemandeRefusee(str(refus)) from None
    return json.dumps(ecrit, ensure_ascii=False)


def _control(maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """What the control of a file of the archive says."""
    octets = maison.archive.open(contenu["sha256"])
    recu = Recu(NUMERO, octets, contenu["nom"], contenu["boite"], contenu["instant"])
    return json.dumps(control_recu(recu, metiers), ensure_ascii=False)


REPONSES: Mapping[str, Reponse] = MappingProxyType(
    {
        EXPLICATION: _explain,
        DESSIN: _draw,
        FICHIER: _write,
        CONTROLE: _control,
        RECIT: tell,
        DOCUMENT: print_document,
        SIMULATION: simulate,
    }
)
