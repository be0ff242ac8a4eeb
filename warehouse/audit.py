"""The audit trail: who did what, when and why, chained by hashes so that a change shows.

Each row carries the SHA-256 of the previous row's hash and of its own content.
"""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection, insert, select

from warehouse.moteur import lock_writers
from warehouse.tables_sql import AUDIT

ORIGINE = "0" * 64
_COLONNES = [AUDIT.c[nom] for nom in ("rang", "auteur", "action", "objet", "motif", "instant")]


def record_audit(
    c: Connection, *, auteur: str, action: str, objet: str, motif: str, instant: str
) -> None:
    """Append an act to the audit trail; ValueError when no reason is given."""
    if not motif.strip():
        raise ValueError("un motif est obligatoire")
    lock_writers(c, "audit")
    requete = select(AUDIT.c.rang, AUDIT.c.empreinte).order_by(AUDIT.c.rang.desc()).limit(1)
    precedent = c.execute(requete).one_or_none()
    rang, chaine = precedent or (0, ORIGINE)
    contenu = (rang + 1, auteur, action, objet, motif, instant)
    empreinte = _compute_empreinte(chaine, contenu)
    noms = (colonne.name for colonne in _COLONNES)
    c.execute(insert(AUDIT).values(**dict(zip(noms, contenu, strict=True)), empreinte=empreinte))


def read_objets(c: Connection, action: str) -> list[str]:
    """What the acts of one kind bear on, in their order."""
    return list(c.scalars(select(AUDIT.c.objet).where(AUDIT.c.action == action).order_by("rang")))


def verify_audit(c: Connection) -> bool:
    """Tell whether no act was altered, removed (but the very last ones) or reordered."""
    chaine = ORIGINE
    lignes = c.execute(select(*_COLONNES, AUDIT.c.empreinte).order_by(AUDIT.c.rang))
    for attendu, (*contenu, empreinte) in enumerate(lignes, start=1):
        chaine = _compute_empreinte(chaine, tuple(contenu))
        if contenu[0] != attendu or chaine != empreinte:
            return False
    return True


def _compute_empreinte(chaine: str, contenu: tuple[int | str, ...]) -> str:
    texte = json.dumps([chaine, *contenu], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()
