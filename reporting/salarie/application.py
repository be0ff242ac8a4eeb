"""The page of an employee as an application of its own: `caisse salarie servir`."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reporting.espace.application import read_horloge
from reporting.rendu import render
from reporting.salarie import connexion, pages
from reporting.salarie.lecture import ABSENT
from reporting.salarie.visiteur import SansSession
from reporting.sessions import Horloge
from reporting.socle import HOTES, Mots, create_socle
from warehouse.maison import Maison

ACCUEIL = "Revenir à ma page"
MOTS = Mots(
    titres={
        HTTPStatus.BAD_REQUEST: "Demande refusée",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Panne",
    },
    explications={
        HTTPStatus.INTERNAL_SERVER_ERROR: "La page n'a pas pu s'afficher. Réessayez plus tard.",
    },
    titre="Introuvable",
    explication=ABSENT,
    retour=ACCUEIL,
)
ILLISIBLE = "Cette demande ne se lit pas : revenez en arrière et recommencez."


def create_salarie(
    maison: Maison, horloge: Horloge = read_horloge, hotes: Sequence[str] = HOTES
) -> FastAPI:
    """Build the page of the employees of a home; `hotes`: names that it answers to."""
    salarie = create_socle(MOTS, hotes)
    salarie.state.maison, salarie.state.horloge = maison, horloge
    salarie.include_router(connexion.build_routes(maison, horloge))
    salarie.include_router(pages.build_routes())

    @salarie.exception_handler(SansSession)
    def ask_lien(_requete: Request, _absence: SansSession) -> Response:
        return RedirectResponse("/entrer", HTTPStatus.SEE_OTHER)

    @salarie.exception_handler(RequestValidationError)
    def show_illisible(_requete: Request, _erreur: RequestValidationError) -> HTMLResponse:
        valeurs = {"titre": "Demande illisible", "explication": ILLISIBLE, "retour": ACCUEIL}
        return HTMLResponse(render("refus.html", **valeurs), HTTPStatus.BAD_REQUEST)

    return salarie
