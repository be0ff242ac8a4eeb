"""Every refusal in the form of RFC 9457 (`application/problem+json`), its words in French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from reporting.demande import DejaLa, DemandeEnTrop, DemandeRefusee, Introuvable
from reporting.espace.visiteur import ABSENT

TYPE_MIME = "application/problem+json"
ATTENTE_S = 60
TITRES: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "Demande refusée",
        HTTPStatus.UNAUTHORIZED: "Jeton absent ou inconnu",
        HTTPStatus.FORBIDDEN: "Droit insuffisant",
        HTTPStatus.NOT_FOUND: "Introuvable",
        HTTPStatus.METHOD_NOT_ALLOWED: "Méthode refusée",
        HTTPStatus.NOT_ACCEPTABLE: "Forme indisponible",
        HTTPStatus.CONFLICT: "Déjà là",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Fichier trop grand",
        HTTPStatus.UNPROCESSABLE_ENTITY: "Demande illisible",
        HTTPStatus.TOO_MANY_REQUESTS: "Trop d'appels",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Panne",
        HTTPStatus.SERVICE_UNAVAILABLE: "Indisponible",
    }
)
DETAILS: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "Cette demande ne se lit pas.",
        HTTPStatus.NOT_FOUND: "Rien à cette adresse, ou rien que ce jeton lise.",
        HTTPStatus.METHOD_NOT_ALLOWED: "Cette adresse n'a pas cette méthode ; voir Allow.",
        HTTPStatus.INTERNAL_SERVER_ERROR: "L'API n'a pas pu répondre. "
        "Le journal du serveur en dit la raison.",
    }
)
CODES: Mapping[type[DemandeRefusee], HTTPStatus] = MappingProxyType(
    {
        Introuvable: HTTPStatus.NOT_FOUND,
        DejaLa: HTTPStatus.CONFLICT,
        DemandeEnTrop: HTTPStatus.TOO_MANY_REQUESTS,
    }
)


class Probleme(Exception):  # noqa: N818 - named in French
    """A refusal that is none of a reader's request: its code, why, more headers."""

    def __init__(
        self, code: HTTPStatus, detail: str, entetes: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.entetes = code, detail, dict(entetes or {})


def render_probleme(
    code: int,
    detail: str,
    entetes: Mapping[str, str] | None = None,
    champs: Sequence[str] = (),
) -> JSONResponse:
    """The answer of a refusal; `champs`: the parameters that it is about."""
    titre = TITRES.get(code, TITRES[HTTPStatus.BAD_REQUEST])
    contenu: dict[str, Any] = {"type": "about:blank", "title": titre, "status": int(code)}
    contenu |= {"detail": detail} | ({"champs": list(champs)} if champs else {})
    return JSONResponse(contenu, code, dict(entetes or {}), TYPE_MIME)


def add_problemes(api: FastAPI) -> None:
    """Answer by a problem whatever is refused, unknown, or fails."""

    @api.exception_handler(Probleme)
    def show_probleme(_requete: Request, probleme: Probleme) -> JSONResponse:
        return render_probleme(probleme.code, probleme.detail, probleme.entetes)

    @api.exception_handler(DemandeRefusee)
    def show_refus(_requete: Request, refus: DemandeRefusee) -> JSONResponse:
        code = CODES.get(type(refus), HTTPStatus.BAD_REQUEST)
        detail = DETAILS[HTTPStatus.NOT_FOUND] if str(refus) == ABSENT else str(refus)
        en_trop = code is HTTPStatus.TOO_MANY_REQUESTS
        return render_probleme(code, detail, {"Retry-After": str(ATTENTE_S)} if en_trop else None)

    @api.exception_handler(HTTPException)
    def show_erreur(_requete: Request, erreur: HTTPException) -> JSONResponse:
        detail = DETAILS.get(erreur.status_code, DETAILS[HTTPStatus.BAD_REQUEST])
        return render_probleme(erreur.status_code, detail, erreur.headers)

    @api.exception_handler(RequestValidationError)
    def show_illisible(_requete: Request, erreur: RequestValidationError) -> JSONResponse:
        lieux = sorted({".".join(map(str, dite["loc"])) for dite in erreur.errors()})
        detail = f"Absent, ou d'une valeur qui n'est pas admise : {', '.join(lieux)}."
        return render_probleme(HTTPStatus.UNPROCESSABLE_ENTITY, detail, champs=lieux)

    # The server still logs the cause; this answer is made outside the middlewares.
    @api.exception_handler(Exception)
    def show_panne(_requete: Request, _panne: Exception) -> JSONResponse:
        code = HTTPStatus.INTERNAL_SERVER_ERROR
        return render_probleme(code, DETAILS[code], {"Cache-Control": "no-store"})
