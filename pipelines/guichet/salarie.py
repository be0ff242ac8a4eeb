"""What an employee asks of the engine: his amounts in plain words, his documents, a leave to come.

Whose rows they are is asked again here: a page that asked for another's would be refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.editique.impression import IMPRIMES, Impressions
from pipelines.explications.lecture import DemandeRefusee, open_lecteur
from pipelines.explications.recits import Demande, tell_recit
from pipelines.metier import Metier, find
from warehouse.acces.demandes import Contenu
from warehouse.maison import Maison

SANS_DOCUMENT = "Ce document n'est pas publié pour ce salarié."


def tell(maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """The sentences of a row."""
    demande = Demande(contenu["table"], contenu["salarie"], contenu["cle"], contenu["publication"])
    return json.dumps(tell_recit(maison, demande, metiers), ensure_ascii=False)


def print_document(maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """A document that is printed for an employee, in base64."""
    offres: list[Impressions] = [find(m.impressions) for m in metiers if m.impressions]
    offre = next((o for o in offres if contenu["document"] in o.redits), None)
    if offre is None:
        raise DemandeRefusee(SANS_DOCUMENT)
    publication = open_lecteur(maison, contenu["publication"]).publication
    ligne = pl.DataFrame([{nom: contenu[nom] for nom in IMPRIMES}], schema=IMPRIMES)
    ((_, dessin),) = offre.compose(maison, publication, ligne)
    return base64.b64encode(dessin.draw()).decode()


def simulate(maison: Maison, metiers: Sequence[Metier], contenu: Contenu) -> str:
    """What a leave would give, in plain words."""
    lieu = next(m.simule for m in metiers if m.simule)
    lecteur = open_lecteur(maison, contenu["publication"])
    dates = (date.fromisoformat(contenu[nom]) for nom in ("debut", "reprise"))
    return json.dumps(tuple(find(lieu)(lecteur, contenu["salarie"], *dates)), ensure_ascii=False)
