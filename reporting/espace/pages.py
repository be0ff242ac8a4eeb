"""Pages of the companies: home, profile, deposit; the lists are beside."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.espace.accueil import read_accueil, read_resumes
from reporting.espace.cadre import Champ, Qui, render_page
from reporting.espace.depot import control_fichier, drop_fichier
from reporting.espace.informations import read_informations
from reporting.espace.listes import add_favoris, add_fiches, add_listes
from reporting.sessions import check_origine, check_preuve
from warehouse.maison import Maison

SEE_OTHER = HTTPStatus.SEE_OTHER


def build_routes(maison: Maison) -> APIRouter:
    """Every page that asks who reads it."""
    routes = APIRouter()
    _add_accueils(routes, maison)
    add_listes(routes, maison)
    add_fiches(routes, maison)
    add_favoris(routes, maison)
    _add_actes(routes, maison)
    return routes


def _add_accueils(routes: APIRouter, maison: Maison) -> None:
    @routes.get("/", response_class=HTMLResponse)
    def show_entreprises(qui: Qui) -> Response:
        if len(qui.acces) == 1:
            return RedirectResponse(f"/e/{next(iter(qui.acces))}", SEE_OTHER)
        resumes = read_resumes(maison, qui.acces, qui.jour)
        return render_page("entreprises.html", qui, None, resumes=resumes)

    @routes.get("/e/{siren}", response_class=HTMLResponse)
    def show_accueil(siren: str, qui: Qui, cdg: str | None = None) -> Response:
        acces = qui.find(siren)
        accueil = read_accueil(maison, acces, cdg or None, qui.jour)
        return render_page("accueil.html", qui, siren, accueil=accueil)

    @routes.get("/e/{siren}/informations", response_class=HTMLResponse)
    def show_informations(siren: str, qui: Qui) -> Response:
        qui.find(siren)
        return render_page(
            "informations.html", qui, siren, informations=read_informations(qui.jour)
        )

    @routes.get("/e/{siren}/profil", response_class=HTMLResponse)
    def show_profil(siren: str, qui: Qui) -> Response:
        droits = sorted(qui.find(siren).droits, key=lambda d: (d.service, d.categorie, d.cdg))
        return render_page("profil.html", qui, siren, droits=droits)


def _add_actes(routes: APIRouter, maison: Maison) -> None:
    @routes.get("/e/{siren}/deposer", response_class=HTMLResponse)
    def show_depot(siren: str, qui: Qui) -> Response:
        qui.find_depot(siren)
        return render_page("deposer.html", qui, siren, depose=None, controle=None)

    @routes.post("/e/{siren}/deposer", response_class=HTMLResponse)
    def drop(
        requete: Request,
        siren: str,
        fichier: Annotated[UploadFile, File()],
        qui: Qui,
        preuve: Champ = "",
    ) -> Response:
        check_origine(requete)
        check_preuve(qui, preuve)
        nom = fichier.filename or ""
        acces, maintenant = qui.find_depot(siren), requete.app.state.horloge()
        drop_fichier(maison, acces, nom, fichier.file)
        controle = control_fichier(maison, acces, nom, fichier.file, maintenant)
        return render_page("deposer.html", qui, siren, depose=nom, controle=controle)
