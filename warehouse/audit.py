"""The audit trail: who did what, when and why, chained by hashes so that a change shows.

Each row carries a hash of the previous row's and of its own content, keyed by a secret that is not
in the base: who can write the base can't write another past. The rows of before the key are not.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, fields

from sqlalchemy import Connection, Engine, insert, select

from warehouse.moteur import lock_writers
from warehouse.tables_sql import AUDIT

ORIGINE = "0" * 64
OPTION = "caisse_cle_preuves"  # of the engine, and of its connections
_COLONNES = [AUDIT.c[nom] for nom in ("rang", "auteur", "action", "objet", "motif", "instant")]


def record_audit(
    c: Connection, *, auteur: str, action: str, objet: str, motif: str, instant: str
) -> None:
    """Append an act to the audit trail; ValueError when no reason is given."""
    if not motif.strip():
        raise ValueError("un motif est obligatoire")
    lock_writers(c, "audit")
    rang, chaine = read_tete(c)
    contenu = (rang + 1, auteur, action, objet, motif, instant)
    cle = _read_cle(c)
    empreinte = _compute_empreinte(chaine, contenu, cle)
    noms = (colonne.name for colonne in _COLONNES)
    valeurs = dict(zip(noms, contenu, strict=True))
    c.execute(insert(AUDIT).values(**valeurs, empreinte=empreinte, cle=cle and name_cle(cle)))


def read_tete(c: Connection) -> tuple[int, str]:
    """Rank and hash of the last act; 0 and ORIGINE before the first one."""
    requete = select(AUDIT.c.rang, AUDIT.c.empreinte).order_by(AUDIT.c.rang.desc()).limit(1)
    ligne = c.execute(requete).one_or_none()
    return (ligne.rang, ligne.empreinte) if ligne else (0, ORIGINE)


def read_objets(c: Connection, action: str) -> list[str]:
    """What the acts of one kind bear on, in their order."""
    return list(c.scalars(select(AUDIT.c.objet).where(AUDIT.c.action == action).order_by("rang")))


@dataclass(frozen=True, slots=True)
class Acte:
    """An act of the audit trail."""

    rang: int
    auteur: str
    objet: str
    motif: str
    instant: str


def list_actes(
    c: Connection, action: str, limite: int, auteur: str = "", objet: str = ""
) -> list[Acte]:
    """The last acts of a kind, the last one first; of an author, about what holds a text."""
    lus = select(*(AUDIT.c[champ.name] for champ in fields(Acte))).where(AUDIT.c.action == action)
    if auteur:
        lus = lus.where(AUDIT.c.auteur == auteur)
    if objet:
        lus = lus.where(AUDIT.c.objet.contains(objet, autoescape=True))
    return [Acte(*ligne) for ligne in c.execute(lus.order_by(AUDIT.c.rang.desc()).limit(limite))]


def verify_audit(c: Connection) -> bool:
    """Tell whether no act was altered, removed (but the very last ones) or reordered."""
    return find_rupture(c) is None


def find_rupture(c: Connection, depuis: tuple[int, str] | None = None) -> int | None:
    """Rank of the first act that is not what its hash says; None when all are.

    Once an act was keyed, none comes without a key. `depuis`: rank and hash of an act, already
    checked, after which to start.
    """
    (rang, chaine), cle, scelles = depuis or (0, ORIGINE), _read_cle(c), False
    lues = select(*_COLONNES, AUDIT.c.empreinte, AUDIT.c.cle).where(AUDIT.c.rang > rang)
    for attendu, (*contenu, empreinte, nom) in enumerate(
        c.execute(lues.order_by(AUDIT.c.rang)), start=rang + 1
    ):
        if contenu[0] != attendu or (nom is None and scelles):
            return attendu
        if nom is not None and (cle is None or nom != name_cle(cle)):
            return attendu
        scelles = nom is not None
        chaine = _compute_empreinte(chaine, tuple(contenu), cle if scelles else None)
        if chaine != empreinte:
            return attendu
    return None


def keep_cle(moteur: Engine, cle: bytes) -> None:
    """From now on, the acts that this engine writes are keyed."""
    moteur.update_execution_options(**{OPTION: cle})


def name_cle(cle: bytes) -> str:
    """A name of the key that says nothing of it."""
    return hashlib.sha256(b"cle" + cle).hexdigest()[:16]


def _read_cle(c: Connection) -> bytes | None:
    cle: bytes | None = c.get_execution_options().get(OPTION)
    return cle


def _compute_empreinte(chaine: str, contenu: tuple[int | str, ...], cle: bytes | None) -> str:
    texte = json.dumps([chaine, *contenu], ensure_ascii=False, separators=(",", ":")).encode()
    if cle is None:
        return hashlib.sha256(texte).hexdigest()
    return hmac.new(cle, texte, hashlib.sha256).hexdigest()
