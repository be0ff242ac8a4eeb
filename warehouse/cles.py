"""Which keys a publication was made with: the pseudonyms of a fund are those of one key.

Each publication keeps the name of its keys. A fund that has published is not opened with another
key of pseudonyms: its employees would be strangers to their own past.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, insert, select

from warehouse.coffre.trousseau import Trousseau
from warehouse.tables_sql import CLES_PUBLICATIONS

NOM = 16


class CleEtrangere(RuntimeError):  # noqa: N818 - named in French
    """The key of the pseudonyms is not that of what was published. Message in French."""


def name_pseudonymes(cle: bytes) -> str:
    """Name of a key of pseudonyms, which says nothing of it."""
    return hashlib.sha256(b"pseudonymes" + cle).hexdigest()[:NOM]


def record_cles(c: Connection, publication: int, cle: bytes, trousseau: Trousseau) -> None:
    """Keep, in the transaction of a publication, the names of its keys."""
    coffre = trousseau.courante
    c.execute(
        insert(CLES_PUBLICATIONS).values(
            numero=publication,
            pseudonymes=name_pseudonymes(cle),
            coffre=None if coffre is None else coffre.nom.hex(),
        )
    )


def read_cle(c: Connection, publication: int | None = None) -> tuple[int, str] | None:
    """A publication, the last one by default, and the name of its key of pseudonyms.

    None when it was made before names were kept, or there is none.
    """
    table = CLES_PUBLICATIONS.c
    lues = select(table.numero, table.pseudonymes).order_by(table.numero.desc()).limit(1)
    if publication is not None:
        lues = lues.where(table.numero == publication)
    ligne = c.execute(lues).one_or_none()
    return None if ligne is None else (ligne.numero, ligne.pseudonymes)


def check_pseudonymes(c: Connection, cle: bytes) -> None:
    """CleEtrangere when the last publication was made with another key of pseudonyms."""
    publiee = read_cle(c)
    if publiee is not None and publiee[1] != name_pseudonymes(cle):
        numero, nom = publiee
        raise CleEtrangere(
            f"pseudonymes.cle n'est pas la clé de la publication {numero} ({nom}) : la reprendre de"
            " la sauvegarde des clés ; pour en changer, refaire la caisse (docs/exploitation.md)"
        )
