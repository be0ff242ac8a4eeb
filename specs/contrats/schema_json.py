"""The row of a table as a JSON Schema (2020-12): what its contract says, for programs.

Example: ``build_schema(read_contrat("appels"))["properties"]["montant_centimes"]``.
"""

from __future__ import annotations

from typing import Any

from specs.contrats import Colonne, Contrat
from specs.contrats.page import UNITES

DIALECTE = "https://json-schema.org/draft/2020-12/schema"
FORMES: dict[str, dict[str, Any]] = {
    "texte": {"type": "string"},
    "mois": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "booleen": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
ENTIER = {"type": "integer"}


def build_schema(contrat: Contrat) -> dict[str, Any]:
    """The schema of a row, as JSON writes it: every column is there, null when it has no value."""
    return {
        "$schema": DIALECTE,
        "$id": f"urn:caisse:table:{contrat.nom}:1",
        "title": contrat.titre,
        "type": "object",
        "properties": {colonne.nom: _describe(colonne) for colonne in contrat.colonnes},
        "required": [colonne.nom for colonne in contrat.colonnes],
        "additionalProperties": False,
        "x-cle": list(contrat.cle),
    }


def _describe(colonne: Colonne) -> dict[str, Any]:
    forme: dict[str, Any] = {"title": colonne.titre, **FORMES.get(colonne.type, ENTIER)}
    if UNITES[colonne.type]:
        forme["description"] = UNITES[colonne.type]
    if colonne.valeurs:
        forme["enum"] = [*colonne.valeurs, *([None] if colonne.nul else [])]
        forme["x-sens"] = dict(colonne.valeurs)
    if colonne.nul:
        forme["type"] = [forme["type"], "null"]
    return forme
