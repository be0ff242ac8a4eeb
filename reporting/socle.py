"""What the applications of the reporting layer stand on: hosts, headers, static files, refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from reporting.demande import DemandeRefusee, Introuvable
from reporting.rendu import ENTETES, STATIQUE, add_entetes, render

# Another site that resolves its name to the loopback must not read a page through a browser.
HOTES = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Mots:
    """How an application refuses: titles and reasons by code, those of any other, the way back.

    Those of 422 are of a form that can't be read, which is a bad request; without them, FastAPI
    answers it.
    """

    titres: Mapping[HTTPStatus, str]
    explications: Mapping[HTTPStatus, str]
    titre: str
    explication: str
    retour: str

    def render(self, code: HTTPStatus, explication: str) -> HTMLResponse:
        """The page of a refusal."""
        titre = self.titres.get(code, self.titre)
        page = render("refus.html", titre=titre, explication=explication, retour=self.retour)
        return HTMLResponse(page, code)


def create_socle(mots: Mots, hotes: Sequence[str] = HOTES) -> FastAPI:
    """An application without a page, which answers to these names alone."""
    application = FastAPI(title="Caisse", docs_url=None, redoc_url=None, openapi_url=None)
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hotes))
    application.middleware("http")(add_entetes)
    application.mount("/statique", StaticFiles(directory=STATIQUE), name="statique")
    _add_refus(application, mots)
    return application


def _add_refus(application: FastAPI, mots: Mots) -> None:
    """Answer refused requests, unknown addresses and failures by a page in French."""

    @application.exception_handler(DemandeRefusee)
    def show_refus(_requete: Request, refus: DemandeRefusee) -> HTMLResponse:
        absent = isinstance(refus, Introuvable)
        return mots.render(HTTPStatus.NOT_FOUND if absent else HTTPStatus.BAD_REQUEST, str(refus))

    @application.exception_handler(HTTPException)
    def show_erreur(_requete: Request, erreur: HTTPException) -> HTMLResponse:
        code = HTTPStatus(erreur.status_code)
        return mots.render(code, mots.explications.get(code, mots.explication))

    if HTTPStatus.UNPROCESSABLE_ENTITY in mots.explications:

        @application.exception_handler(RequestValidationError)
        def show_illisible(_requete: Request, _erreur: RequestValidationError) -> HTMLResponse:
            code = HTTPStatus.UNPROCESSABLE_ENTITY
            page = mots.render(code, mots.explications[code])
            page.status_code = HTTPStatus.BAD_REQUEST
            return page

    # The server still logs the cause; this answer is made outside the middlewares.
    @application.exception_handler(Exception)
    def show_panne(_requete: Request, _panne: Exception) -> HTMLResponse:
        code = HTTPStatus.INTERNAL_SERVER_ERROR
        reponse = mots.render(code, mots.explications[code])
        reponse.headers.update(ENTETES)
        return reponse
