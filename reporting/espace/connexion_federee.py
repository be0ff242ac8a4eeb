"""The way in by an identity provider: to leave for it, to come back from it."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.connexion import Seuil
from reporting.espace.droits import read_acces
from reporting.espace.federation import (
    Depart,
    FederationRefusee,
    Fournisseur,
    parse_depart,
)
from reporting.rendu import render
from reporting.sessions import Horloge, keep_session
from warehouse.acces.sessions import open_session
from warehouse.instants import format_instant, paris_day
from warehouse.maison import Maison

COOKIE = "caisse_federation"
CHEMIN = "/connexion/federee"
DUREE_S = 600
VERS_UNE_PAGE = 303
INCONNU = "Ce compte n'a aucun droit ici : l'administrateur de la convention ANET le fait inscrire."


def build_routes(
    maison: Maison, horloge: Horloge, fournisseur: Fournisseur, seuil: Seuil
) -> APIRouter:
    """To leave, to come back; the cookie of a departure goes nowhere else, and serves once."""
    routes = APIRouter(prefix=CHEMIN)

    @routes.get("")
    def leave(requete: Request) -> Response:
        depart = Depart()
        try:
            adresse = fournisseur.leave(depart, _retour(requete))
        except FederationRefusee as refus:
            return _refuse(seuil, str(refus))
        reponse = RedirectResponse(adresse, VERS_UNE_PAGE)
        reponse.set_cookie(
            COOKIE,
            depart.write(),
            max_age=DUREE_S,
            path=CHEMIN,
            httponly=True,
            samesite="lax",
            secure=requete.url.scheme == "https",
        )
        return reponse

    @routes.get("/retour", name="retour_federe")
    def come_back(requete: Request) -> Response:
        maintenant = horloge()
        try:
            depart = parse_depart(requete.cookies.get(COOKIE, ""))
            recu = dict(requete.query_params)
            qui = fournisseur.identify(depart, _retour(requete), recu, maintenant)
            _check_connu(maison, qui, maintenant)
        except FederationRefusee as refus:
            return _refuse(seuil, str(refus))
        with maison.moteur.begin() as connexion:
            jeton = open_session(connexion, qui, maintenant)
        reponse = RedirectResponse("/", VERS_UNE_PAGE)
        keep_session(reponse, requete, jeton)
        reponse.delete_cookie(COOKIE, path=CHEMIN)
        return reponse

    return routes


def _check_connu(maison: Maison, qui: str, maintenant: datetime) -> None:
    """FederationRefusee for who has no right today: the provider says who, the registry what."""
    if not read_acces(maison, qui, paris_day(format_instant(maintenant))):
        raise FederationRefusee(INCONNU)


def _retour(requete: Request) -> str:
    return str(requete.url_for("retour_federe"))


def _refuse(seuil: Seuil, erreur: str) -> Response:
    page = render("connexion.html", seuil=seuil, erreur=erreur, utilisateur="")
    reponse = HTMLResponse(page, 401)
    reponse.delete_cookie(COOKIE, path=CHEMIN)
    return reponse
