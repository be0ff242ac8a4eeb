"""The campaign that is closed tonight: its yearly documents leave once."""

from __future__ import annotations

from datetime import date

from pipelines.publication.nuit import Nuit
from specs.options import option_at
from specs.periodes import MOIS_PAR_AN, Mois, campagne

CLOTURES = {"premier_mai": 5, "premier_juillet": 7}


def find_closed(nuit: Nuit) -> str | None:
    """The campaign closed since the last publication (`2025-26`); None on the other nights."""
    if nuit.precedente is None:
        return None
    mois = Mois.from_date(nuit.date_arrete)
    numero = CLOTURES[option_at("remise_etat_bases", mois)]
    cloture = date(mois.annee, numero, 1)
    if not nuit.precedente.date_arrete < cloture <= nuit.date_arrete:
        return None
    return campagne(Mois(mois.annee - 1, MOIS_PAR_AN))
