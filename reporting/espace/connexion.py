"""To come in and go out: password and one-time code, invitation, end of the session."""

from __future__ import annotations

from typing import Annotated

import pyotp
import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.demande import Introuvable
from reporting.espace import connexion_federee
from reporting.espace.federation import read_fournisseur
from reporting.espace.visiteur import (
    COOKIE,
    Horloge,
    check_origine,
    check_preuve,
    keep_session,
    read_visiteur,
)
from reporting.rendu import render
from specs.caisse import read_caisse
from specs.espace import read_regles
from warehouse.acces.comptes import AccesRefuse, accept, authenticate, find_invitation
from warehouse.acces.sessions import close_session, open_session
from warehouse.acces.tentatives import must_wait, record_tentative
from warehouse.maison import Maison

REFUS = "Identifiant, mot de passe ou code inconnus."
ATTENTE = "Trop d'essais refusés : attendre {} minutes, ou demander une nouvelle invitation."
INVITATION_MORTE = "Cette invitation a servi ou a expiré : en demander une autre à la caisse."
VERS_UNE_PAGE = 303
Champ = Annotated[str, Form(max_length=200)]


def build_routes(maison: Maison, horloge: Horloge) -> APIRouter:
    """Routes that nobody needs to be known for, and the one that forgets who is."""
    routes, fournisseur = APIRouter(), read_fournisseur(maison.reglages)
    federation = fournisseur.nom if fournisseur else ""
    if fournisseur is not None:
        routes.include_router(connexion_federee.build_routes(maison, horloge, fournisseur))

    @routes.get("/connexion", response_class=HTMLResponse)
    def show_connexion() -> str:
        return _render_connexion(federation)

    @routes.post("/connexion")
    def connect(
        requete: Request, utilisateur: Champ = "", mot_de_passe: Champ = "", code: Champ = ""
    ) -> Response:
        check_origine(requete)
        nom = utilisateur.strip()
        jeton, erreur = _try(maison, horloge, _address(requete), nom, mot_de_passe, code)
        if jeton is None:
            return HTMLResponse(_render_connexion(federation, erreur, nom), 401)
        return _enter(requete, jeton)

    @routes.get("/invitation/{jeton}", response_class=HTMLResponse)
    def show_invitation(jeton: str) -> str:
        return _render_invitation(maison, horloge, jeton)

    @routes.post("/invitation/{jeton}")
    def accept_invitation(
        requete: Request, jeton: str, mot_de_passe: Champ = "", code: Champ = ""
    ) -> Response:
        check_origine(requete)
        try:
            with maison.moteur.begin() as connexion:
                trousseau, maintenant = maison.archive.trousseau, horloge()
                qui = accept(connexion, trousseau, jeton, mot_de_passe, code, maintenant)
                session = open_session(connexion, qui, maintenant)
        except AccesRefuse as refus:
            return HTMLResponse(_render_invitation(maison, horloge, jeton, str(refus)), 400)
        return _enter(requete, session)

    @routes.post("/deconnexion")
    def disconnect(requete: Request, preuve: Champ = "") -> Response:
        check_origine(requete)
        visiteur = read_visiteur(maison, requete, horloge())
        check_preuve(visiteur, preuve)
        with maison.moteur.begin() as connexion:
            close_session(connexion, visiteur.jeton, horloge())
        reponse = RedirectResponse("/connexion", VERS_UNE_PAGE)
        reponse.delete_cookie(COOKIE)
        return reponse

    return routes


def _try(
    maison: Maison, horloge: Horloge, adresse: str, nom: str, mot_de_passe: str, code: str
) -> tuple[str | None, str]:
    """The token of a session, or why there is none: the same words for a wrong name or password."""
    maintenant = horloge()
    with maison.moteur.begin() as connexion:
        if must_wait(connexion, nom, adresse, maintenant):
            return None, ATTENTE.format(read_regles().fenetre_essais_minutes)
        trousseau = maison.archive.trousseau
        reussie = authenticate(connexion, trousseau, nom, mot_de_passe, code, maintenant)
        record_tentative(connexion, nom, adresse, maintenant, reussie=reussie)
        return (open_session(connexion, nom, maintenant), "") if reussie else (None, REFUS)


def _enter(requete: Request, jeton: str) -> Response:
    reponse = RedirectResponse("/", VERS_UNE_PAGE)
    keep_session(reponse, requete, jeton)
    return reponse


def _address(requete: Request) -> str:
    return requete.client.host if requete.client else ""


def _render_connexion(federation: str, erreur: str = "", utilisateur: str = "") -> str:
    """`federation`: name of the identity provider, none without one."""
    dits = {"federation": federation, "erreur": erreur, "utilisateur": utilisateur}
    return render("espace/connexion.html", **dits)


def _render_invitation(maison: Maison, horloge: Horloge, jeton: str, erreur: str = "") -> str:
    with maison.moteur.connect() as connexion:
        invitation = find_invitation(connexion, maison.archive.trousseau, jeton, horloge())
    if invitation is None:
        raise Introuvable(INVITATION_MORTE)
    totp = pyotp.TOTP(invitation.secret)
    adresse = totp.provisioning_uri(name=invitation.utilisateur, issuer_name=read_caisse().sigle)
    return render(
        "espace/invitation.html",
        utilisateur=invitation.utilisateur,
        secret=" ".join(invitation.secret[n : n + 4] for n in range(0, len(invitation.secret), 4)),
        qr=segno.make(adresse, error="m").matrix_iter(border=2),
        minimum=read_regles().mot_de_passe_minimum,
        erreur=erreur,
    )
