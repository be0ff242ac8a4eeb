"""Who opened personal data: an act of the audit trail, written before anything is shown.

It says who, when, why and of whom (a pseudonym, a company), never a value.
"""

from __future__ import annotations

from sqlalchemy import Engine

from warehouse.audit import record_audit

ACTION = "acces_donnees_personnelles"


def record_consultation(
    moteur: Engine, *, auteur: str, motif: str, objet: str, instant: str
) -> None:
    """Write that what `objet` names was opened; ValueError when no reason or nobody is given."""
    if not auteur.strip():
        raise ValueError("un auteur est obligatoire")
    with moteur.begin() as connexion:
        record_audit(
            connexion, auteur=auteur, action=ACTION, objet=objet, motif=motif, instant=instant
        )
