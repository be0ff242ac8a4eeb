"""How many times a name, or an address, was refused: beyond, it waits."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from specs.espace import read_regles
from warehouse.instants import format_instant
from warehouse.tables_acces import TENTATIVES

NOM, ADRESSE = "nom", "adresse"


def must_wait(c: Connection, nom: str, adresse: str, maintenant: datetime) -> bool:
    """Whether one of them was refused too many times of late; a success starts again from none."""
    regles = read_regles()
    limites = {
        _key(NOM, nom): regles.essais_par_utilisateur,
        _key(ADRESSE, adresse): regles.essais_par_adresse,
    }
    depuis = maintenant - timedelta(minutes=regles.fenetre_essais_minutes)
    return any(_count(c, cle, depuis) >= limite for cle, limite in limites.items())


def record_tentative(
    c: Connection, nom: str, adresse: str, maintenant: datetime, *, reussie: bool
) -> None:
    """Note a try of a name from an address."""
    instant = format_instant(maintenant)
    c.execute(
        insert(TENTATIVES),
        [
            {"cle": _key(nature, texte), "instant": instant, "reussie": reussie}
            for nature, texte in ((NOM, nom), (ADRESSE, adresse))
        ],
    )


def _count(c: Connection, cle: str, depuis: datetime) -> int:
    siennes = TENTATIVES.c.cle == cle, TENTATIVES.c.instant > format_instant(depuis)
    derniere = (
        select(func.coalesce(func.max(TENTATIVES.c.numero), 0))
        .where(*siennes, TENTATIVES.c.reussie)
        .scalar_subquery()
    )
    nombre = select(func.count()).where(
        *siennes, ~TENTATIVES.c.reussie, TENTATIVES.c.numero > derniere
    )
    return int(c.scalar(nombre) or 0)


def _key(nature: str, texte: str) -> str:
    return hashlib.sha256(f"{nature}:{texte.casefold()}".encode()).hexdigest()
