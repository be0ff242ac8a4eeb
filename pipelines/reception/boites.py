"""The boxes that exist: one a company of the registry, one a mandatary, and the one of the bank."""

from __future__ import annotations

from sqlalchemy import Connection

from specs.caisse import read_caisse
from warehouse.registre import read_adherents, read_mandats_depot


def read_boites(connexion: Connection) -> list[str]:
    """Names of the boxes, sorted: numbers of the companies, those who deposit for them, the bank's.

    A mandate that has ended leaves its box: answers are read there.
    """
    adherents = read_adherents(connexion)["numero_adherent"]
    mandataires = read_mandats_depot(connexion)["mandataire"]
    return sorted({*adherents, *mandataires, read_caisse().boite_banque})
