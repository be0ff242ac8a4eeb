"""What a page asks of the engine, and waits for: an explanation, a drawing."""

from __future__ import annotations

import time
from datetime import datetime

from reporting.demande import DemandeEnTrop
from specs.espace import read_regles
from warehouse.acces.demandes import Contenu, Reponse, TropDeDemandes, ask, find_reponse
from warehouse.maison import Maison

PAS_S = 0.05


def ask_moteur(
    maison: Maison, nature: str, contenu: Contenu, utilisateur: str, maintenant: datetime
) -> str:
    """The fingerprint of a request; DemandeEnTrop when the user waits for too many answers."""
    try:
        with maison.moteur.begin() as connexion:
            return ask(connexion, nature, contenu, utilisateur, maintenant)
    except TropDeDemandes as refus:
        raise DemandeEnTrop(str(refus)) from None


def wait_reponse(maison: Maison, empreinte: str) -> Reponse | None:
    """The answer, waited for a few seconds; None when it takes longer."""
    fin = time.monotonic() + read_regles().attente_reponse_ms / 1_000
    while True:
        with maison.moteur.connect() as connexion:
            reponse = find_reponse(connexion, empreinte)
        if reponse is not None or time.monotonic() >= fin:
            return reponse
        time.sleep(PAS_S)
