"""An explanation of the accounts as a program reads it (docs/expliquer.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pipelines.comptabilite.explications.ecritures import CHAMPS_ECRITURE
from pipelines.comptabilite.explications.valeurs import (
    EcritureExpliquee,
    EcriturePrecedente,
    Origine,
    PieceExpliquee,
    Rangee,
)
from pipelines.explications.objets import Objet
from specs.contrats import PART


def describe_ecriture(ecriture: EcritureExpliquee) -> Objet:
    """An entry, with the published rows that it comes from."""
    return {
        **_row({champ: getattr(ecriture, champ) for champ in CHAMPS_ECRITURE}),
        "adherents_centimes": ecriture.adherents_centimes,
        "lignes": [_row(ligne) for ligne in ecriture.lignes],
        "origine": _origine(ecriture.origine) if ecriture.origine else None,
        "precedentes": _entries(ecriture.precedentes),
    }


def describe_piece(piece: PieceExpliquee) -> Objet:
    """A payment, a debit or a certificate, with the entries that bear it."""
    return _origine(piece.origine) | {"ecritures": _entries(piece.ecritures)}


def _origine(origine: Origine) -> Objet:
    return {
        "table": origine.table,
        "rangee": _row(origine.rangee),
        "details": {nom: [_row(r) for r in rangees] for nom, rangees in origine.details.items()},
    }


def _entries(ecritures: Iterable[EcriturePrecedente]) -> list[Objet]:
    return [
        {
            "ecriture": entree.ecriture,
            "date_comptable": entree.date_comptable.isoformat(),
            "adherents_centimes": entree.adherents_centimes,
        }
        for entree in ecritures
    ]


def _row(rangee: Rangee) -> dict[str, Any]:
    """A published row, its dates as text."""
    return {
        nom: valeur.isoformat() if isinstance(valeur, date) else valeur
        for nom, valeur in rangee.items()
        if nom != PART
    }
