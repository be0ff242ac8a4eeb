"""To come in and go out: a link, a code that came another way, the end of the session."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.demande import Introuvable
from reporting.rendu import render
from reporting.salarie.visiteur import COOKIE, Qui, check_preuve, keep_session
from reporting.sessions import Horloge, check_origine
from specs.caisse import read_caisse
from specs.salarie import read_regles
from warehouse.acces.salaries import enter, is_alive
from warehouse.acces.sessions import close_session
from warehouse.maison import Maison
from warehouse.tables_salarie import SESSIONS_SALARIE

MORT = (
    "Ce lien n'ouvre plus rien : il a déjà servi, il est trop vieux, ou trop de codes faux ont été"
    " essayés. Demandez-en un autre à la caisse."
)
FAUX = "Ce n'est pas le bon code. Recopiez-le tel que la caisse vous l'a donné."
SEE_OTHER = HTTPStatus.SEE_OTHER
Champ = Annotated[str, Form(max_length=100)]


def build_routes(maison: Maison, horloge: Horloge) -> APIRouter:
    """Routes that nobody needs to be known for, and the one that forgets who is."""
    routes = APIRouter()

    @routes.get("/entrer", response_class=HTMLResponse)
    def show_porte() -> HTMLResponse:
        page = render("salarie/porte.html", lui=None, contact=read_caisse().contact)
        return HTMLResponse(page, HTTPStatus.UNAUTHORIZED)

    @routes.get("/lien/{jeton}", response_class=HTMLResponse)
    def show_lien(jeton: str) -> str:
        return _render(maison, horloge, jeton)

    @routes.post("/lien/{jeton}")
    def open_lien(requete: Request, jeton: str, code: Champ = "") -> Response:
        check_origine(requete)
        with maison.moteur.begin() as connexion:
            session = enter(connexion, jeton, code, horloge())
        if session is None:
            page = _render(maison, horloge, jeton, FAUX)
            return HTMLResponse(page, HTTPStatus.UNAUTHORIZED)
        reponse = RedirectResponse("/", SEE_OTHER)
        keep_session(reponse, requete, session)
        return reponse

    @routes.post("/sortir")
    def leave(requete: Request, lui: Qui, preuve: Champ = "") -> Response:
        check_origine(requete)
        check_preuve(lui, preuve)
        with maison.moteur.begin() as connexion:
            close_session(connexion, lui.jeton, lui.maintenant, SESSIONS_SALARIE)
        reponse = RedirectResponse("/entrer", SEE_OTHER)
        reponse.delete_cookie(COOKIE)
        return reponse

    return routes


def _render(maison: Maison, horloge: Horloge, jeton: str, erreur: str = "") -> str:
    with maison.moteur.connect() as connexion:
        if not is_alive(connexion, jeton, horloge()):
            raise Introuvable(MORT)
    regles = read_regles()
    return render(
        "salarie/lien.html",
        lui=None,
        erreur=erreur,
        chiffres=regles.code_chiffres,
        minutes=regles.session_inactive_minutes,
    )
