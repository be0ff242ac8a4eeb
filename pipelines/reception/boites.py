"""The boxes that exist: one a company of the registry, and the one of the bank."""

from __future__ import annotations

from sqlalchemy import Connection

from specs.caisse import read_caisse
from warehouse.registre import read_adherents


def read_boites(connexion: Connection) -> list[str]:
    """Names of the boxes, sorted: numbers of the companies, and the bank's."""
    adherents = read_adherents(connexion)["numero_adherent"]
    return sorted({*adherents, read_caisse().boite_banque})
