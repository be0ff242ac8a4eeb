"""The space of the companies as an application of its own: `python -m reporting --espace`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from reporting.demande import DemandeRefusee, Introuvable
from reporting.espace import connexion, pages
from reporting.espace.visiteur import ABSENT, Horloge, SansSession
from reporting.rendu import ENTETES, STATIQUE, add_entetes, render
from warehouse.maison import Maison

HOTES = ("127.0.0.1", "localhost")
ILLISIBLE = "Cette demande ne se lit pas : revenir en arrière et recommencer."
PANNE = "L'espace n'a pas pu répondre. Le journal du serveur en dit la raison."


def read_horloge() -> datetime:
    """Now: sessions end by it, nothing else does."""
    return datetime.now(UTC)


def create_espace(
    maison: Maison, horloge: Horloge = read_horloge, hotes: Sequence[str] = HOTES
) -> FastAPI:
    """Build the space of a home; `hotes`: names that it answers to."""
    espace = FastAPI(title="Caisse", docs_url=None, redoc_url=None, openapi_url=None)
    espace.state.maison, espace.state.horloge = maison, horloge
    espace.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hotes))
    espace.middleware("http")(add_entetes)
    espace.mount("/statique", StaticFiles(directory=STATIQUE), name="statique")
    espace.include_router(connexion.build_routes(maison, horloge))
    espace.include_router(pages.build_routes(maison, horloge))
    _add_refus(espace)
    return espace


def _add_refus(espace: FastAPI) -> None:
    """What is refused, absent or broken is told by a page in French."""

    @espace.exception_handler(SansSession)
    def ask_connexion(_requete: Request, _absence: SansSession) -> Response:
        return RedirectResponse("/connexion", HTTPStatus.SEE_OTHER)

    @espace.exception_handler(DemandeRefusee)
    def show_refus(_requete: Request, refus: DemandeRefusee) -> HTMLResponse:
        absent = isinstance(refus, Introuvable)
        code = HTTPStatus.NOT_FOUND if absent else HTTPStatus.BAD_REQUEST
        return _render_refus(code, "Introuvable" if absent else "Demande refusée", str(refus))

    @espace.exception_handler(RequestValidationError)
    def show_illisible(_requete: Request, _erreur: RequestValidationError) -> HTMLResponse:
        return _render_refus(HTTPStatus.BAD_REQUEST, "Demande illisible", ILLISIBLE)

    @espace.exception_handler(HTTPException)
    def show_erreur(_requete: Request, erreur: HTTPException) -> HTMLResponse:
        return _render_refus(HTTPStatus(erreur.status_code), "Introuvable", ABSENT)

    # This answer is made outside the middlewares.
    @espace.exception_handler(Exception)
    def show_panne(_requete: Request, _panne: Exception) -> HTMLResponse:
        reponse = _render_refus(HTTPStatus.INTERNAL_SERVER_ERROR, "Panne", PANNE)
        reponse.headers.update(ENTETES)
        return reponse


def _render_refus(code: HTTPStatus, titre: str, explication: str) -> HTMLResponse:
    return HTMLResponse(
        render("espace/refus.html", titre=titre, explication=explication, qui=None, acces=None),
        code,
    )
