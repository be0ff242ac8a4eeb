"""An explanation as a program reads it: the shape that docs/expliquer.md describes.

Whole numbers with their unit in the name, dates and months as text, exact values as fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pipelines.explications.valeurs import Ecart, Publiee

Objet = dict[str, Any]


def describe(identifiant: str, nature: str, publiee: Publiee, ecarts: Iterable[Ecart]) -> Objet:
    """What every explanation begins with."""
    restants = [asdict(ecart) for ecart in ecarts]
    return {
        "identifiant": identifiant,
        "nature": nature,
        "verifie": not restants,
        "ecarts": restants,
        "publication": {
            "numero": publiee.numero,
            "date_arrete": publiee.date_arrete.isoformat(),
            "publie_le": publiee.publie_le,
            "version_specs": publiee.specs,
            "version_code": publiee.code,
            "version_specs_citee": publiee.specs_actuelles,
        },
    }
