"""The API as an application of its own: `caisse api servir`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from reporting.api.debit import Debit
from reporting.api.depots import add_depots, add_documents, add_suivis
from reporting.api.dictionnaire import add_pages
from reporting.api.document import DESCRIPTION, THEMES, VERSION, compose_document
from reporting.api.generalites import add_attestations, add_dictionnaire, add_generalites
from reporting.api.problemes import add_problemes, render_probleme
from reporting.api.tables import add_pourquoi, add_tables
from reporting.espace.application import read_horloge
from reporting.rendu import ENTETES, STATIQUE
from reporting.sessions import Horloge
from reporting.socle import HOTES
from specs.espace import read_regles
from warehouse.maison import Maison

AUTRE_NOM = "Ce serveur ne répond pas à ce nom."


def create_api(
    maison: Maison,
    horloge: Horloge = read_horloge,
    hotes: Sequence[str] = HOTES,
    appels_par_minute: int | None = None,
) -> FastAPI:
    """Build the API of a home; `hotes`: names that it answers to."""
    api = FastAPI(
        title="Caisse",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=THEMES,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.maison, api.state.horloge = maison, horloge
    api.state.debit = Debit(appels_par_minute or read_regles().appels_par_minute)
    api.middleware("http")(_check_hote(frozenset(hotes)))
    api.mount("/statique", StaticFiles(directory=STATIQUE), name="statique")
    add_problemes(api)
    routes = APIRouter(prefix="/v1")
    add_generalites(routes, maison)
    add_depots(routes, maison)
    add_suivis(routes, maison)
    add_documents(routes, maison)
    add_tables(routes, maison)
    add_pourquoi(routes, maison)
    add_attestations(routes, maison)
    add_dictionnaire(routes)
    api.include_router(routes)
    pages = APIRouter()
    add_pages(pages)
    api.include_router(pages)
    api.openapi = lambda: compose_document(api)  # type: ignore[method-assign]
    return api


def _check_hote(
    hotes: frozenset[str],
) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """The answer, with the headers of all; a problem for a name that is not this server's."""

    async def answer(requete: Request, suite: Callable[[Request], Awaitable[Response]]) -> Response:
        if requete.url.hostname not in hotes:
            return render_probleme(HTTPStatus.BAD_REQUEST, AUTRE_NOM)
        reponse = await suite(requete)
        for nom, valeur in ENTETES.items():
            reponse.headers.setdefault(nom, valeur)
        return reponse

    return answer
