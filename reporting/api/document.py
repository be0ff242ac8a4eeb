"""The OpenAPI document of the API: served, and kept in docs/openapi.json."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from reporting.api.modeles import Probleme

VERSION = "1.0.0"
DESCRIPTION = """\
Ce qu'un utilisateur du registre lit et dépose, pour un logiciel. Mode d'emploi : docs/api.md.

- Un jeton (`caisse api jeton creer`) est un utilisateur du registre, réduit à des portées ;
  un droit retiré du registre l'est aussitôt.
- Une ressource que le jeton ne lit pas n'existe pas pour lui (404).
- Toute erreur est un `application/problem+json` (RFC 9457), en français.
- Montants en centimes, taux en millionièmes, heures en centièmes, instants en temps universel."""
THEMES = [
    {"name": "service", "description": "Santé, publications, entreprises du jeton."},
    {"name": "dépôts", "description": "Déposer un fichier, suivre un dépôt, lire ses rapports."},
    {"name": "tables", "description": "Tables publiées, et pourquoi une ligne est ce qu'elle est."},
    {"name": "documents", "description": "Documents remis à l'entreprise."},
    {
        "name": "attestations",
        "description": "État des attestations, dans la forme d'API Entreprise.",
    },
    {"name": "dictionnaire", "description": "Sens et unité de chaque colonne publiée."},
]
DES_VALIDATIONS = ("HTTPValidationError", "ValidationError")


def compose_document(api: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if api.openapi_schema is None:
        document = get_openapi(
            title=api.title,
            version=api.version,
            openapi_version="3.1.0",
            description=api.description,
            routes=api.routes,
            tags=api.openapi_tags,
        )
        schemas = document["components"]["schemas"]
        schemas["Probleme"] = Probleme.model_json_schema()
        for nom in DES_VALIDATIONS:  # refused requests are problems here
            schemas.pop(nom, None)
        api.openapi_schema = document
    return api.openapi_schema


def render_document(api: FastAPI) -> str:
    """The document as it is kept: a key a line, in the order of the routes."""
    return json.dumps(api.openapi(), ensure_ascii=False, indent=1) + "\n"
