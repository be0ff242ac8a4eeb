"""Lists that a user keeps at hand: the address of each, under a title."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from warehouse.tables_acces import FAVORIS


def read_favoris(c: Connection, utilisateur: str) -> dict[str, str]:
    """Titles by address, by title."""
    table = FAVORIS.c
    lus = select(table.adresse, table.titre).where(table.utilisateur == utilisateur)
    return {ligne.adresse: ligne.titre for ligne in c.execute(lus.order_by(table.titre))}


def change_favori(c: Connection, utilisateur: str, adresse: str, titre: str) -> None:
    """Keep an address, or forget it when it was kept."""
    sien = FAVORIS.c.utilisateur == utilisateur, FAVORIS.c.adresse == adresse
    if not c.execute(delete(FAVORIS).where(*sien)).rowcount:
        c.execute(insert(FAVORIS).values(utilisateur=utilisateur, adresse=adresse, titre=titre))
