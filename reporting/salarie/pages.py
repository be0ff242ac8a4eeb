"""His pages: what he has, what he took, what he was paid, why, what a leave would give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from reporting.rendu import render
from reporting.salarie import contenus
from reporting.salarie.moteur import Attente, ask_document, ask_recit, ask_simulation
from reporting.salarie.visiteur import Lui, Qui
from specs.caisse import read_caisse
from specs.salarie import read_mots, read_regles

PAGES: dict[str, Callable[[Lui], Any]] = {
    "conges": contenus.read_conges,
    "paiements": contenus.read_paiements,
    "intemperies": contenus.read_intemperies,
    "documents": contenus.read_documents,
}
ILLISIBLE = "Donnez deux dates : le premier jour de congé, et le jour où vous reprenez le travail."
A_L_ENVERS = "Le jour où vous reprenez le travail doit être après le premier jour de congé."
PASSEE = "Le premier jour de congé doit être à venir."
TROP_LONG = "Essayez un congé plus court : {} jours au plus."


def build_routes() -> APIRouter:
    """Every page of his."""
    routes = APIRouter()

    @routes.get("/", response_class=HTMLResponse)
    def show_accueil(lui: Qui) -> HTMLResponse:
        return render_page("accueil.html", lui, contenu=contenus.read_accueil(lui))

    for nom, read in PAGES.items():
        _add_page(routes, nom, read)
    _add_pourquoi(routes)
    _add_simulation(routes)
    return routes


def _add_page(routes: APIRouter, nom: str, read: Callable[[Lui], Any]) -> None:
    @routes.get(f"/{nom}", response_class=HTMLResponse)
    def show(lui: Qui) -> HTMLResponse:
        return render_page(f"{nom}.html", lui, contenu=read(lui))


def _add_pourquoi(routes: APIRouter) -> None:
    @routes.get("/pourquoi/{table}/{reference}", response_class=HTMLResponse)
    def show_pourquoi(table: str, reference: str, lui: Qui) -> HTMLResponse:
        lue, ligne = lui.siennes.find(table, reference)
        recit = ask_recit(lui, lue, ligne)
        return render_page(
            "pourquoi.html",
            lui,
            recit=None if isinstance(recit, Attente) else recit,
            attend=isinstance(recit, Attente),
            ici=f"/pourquoi/{table}/{reference}",
            retour=contenus.page_of(table),
        )

    @routes.get("/document/{table}/{reference}")
    def show_document(table: str, reference: str, lui: Qui) -> Response:
        document = ask_document(lui, table, reference)
        if isinstance(document, Attente):
            ici = f"/document/{table}/{reference}"
            return render_page("attente.html", lui, ici=ici, retour="documents")
        nom, octets = document
        entetes = {"Content-Disposition": f'inline; filename="{nom}"'}
        return Response(octets, media_type="application/pdf", headers=entetes)


def _add_simulation(routes: APIRouter) -> None:
    @routes.get("/simuler", response_class=HTMLResponse)
    def show_simulation(lui: Qui, debut: str = "", reprise: str = "") -> HTMLResponse:
        faute = _check(lui, debut, reprise) if debut or reprise else ""
        recit = ask_simulation(lui, debut, reprise) if debut and reprise and not faute else None
        return render_page(
            "simuler.html",
            lui,
            debut=debut[:10],
            reprise=reprise[:10],
            faute=faute,
            recit=None if isinstance(recit, Attente) else recit,
            attend=isinstance(recit, Attente),
            ici=f"/simuler?debut={debut}&reprise={reprise}" if not faute else "/simuler",
        )


def _check(lui: Lui, debut: str, reprise: str) -> str:
    """What is wrong with the dates that were typed; nothing when they can be tried."""
    try:
        premier, retour = date.fromisoformat(debut), date.fromisoformat(reprise)
    except ValueError:
        return ILLISIBLE
    if retour <= premier:
        return A_L_ENVERS
    if lui.publication and premier <= lui.publication.date_arrete:
        return PASSEE
    longueur = read_regles().simulation_jours
    return TROP_LONG.format(longueur) if (retour - premier).days > longueur else ""


def render_page(gabarit: str, lui: Lui, **valeurs: object) -> HTMLResponse:
    """A page of his, with the words of the trade and whom to ask."""
    return HTMLResponse(
        render(
            f"salarie/{gabarit}",
            lui=lui,
            mots=read_mots(),
            contact=read_caisse().contact,
            **valeurs,
        )
    )
