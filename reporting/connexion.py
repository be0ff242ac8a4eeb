"""To come in and go out: password and one-time code, invitation, end of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pyotp
import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.demande import Introuvable
from reporting.rendu import render
from reporting.sessions import (
    COOKIES,
    Horloge,
    check_origine,
    check_preuve,
    keep_session,
    read_session,
)
from specs.caisse import read_caisse
from specs.espace import read_regles
from warehouse.acces.comptes import AccesRefuse, accept, authenticate, find_invitation
from warehouse.acces.portes import Porte
from warehouse.acces.sessions import close_session, open_session
from warehouse.acces.tentatives import must_wait, record_tentative
from warehouse.maison import Maison

REFUS = "Identifiant, mot de passe ou code inconnus."
ATTENTE = "Trop d'essais refusés : attendre {} minutes, ou demander une nouvelle invitation."
INVITATION_MORTE = "Cette invitation a servi ou a expiré : en demander une autre à la caisse."
VERS_UNE_PAGE = 303
Champ = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Seuil:
    """A door as a person sees it: its title, how to be let in, its identity provider if any."""

    porte: Porte
    titre: str
    aide: str
    federation: str = ""


def build_routes(maison: Maison, horloge: Horloge, seuil: Seuil) -> APIRouter:
    """Routes that nobody needs to be known for, and the one that forgets who is."""
    routes, porte = APIRouter(), seuil.porte

    @routes.get("/connexion", response_class=HTMLResponse)
    def show_connexion() -> str:
        return _render_connexion(seuil)

    @routes.post("/connexion")
    def connect(
        requete: Request, utilisateur: Champ = "", mot_de_passe: Champ = "", code: Champ = ""
    ) -> Response:
        check_origine(requete)
        nom = utilisateur.strip()
        jeton, erreur = _try(maison, porte, horloge, _address(requete), nom, mot_de_passe, code)
        if jeton is None:
            return HTMLResponse(_render_connexion(seuil, erreur, nom), 401)
        return _enter(requete, jeton, porte)

    @routes.get("/invitation/{jeton}", response_class=HTMLResponse)
    def show_invitation(jeton: str) -> str:
        return _render_invitation(maison, porte, horloge, jeton)

    @routes.post("/invitation/{jeton}")
    def accept_invitation(
        requete: Request, jeton: str, mot_de_passe: Champ = "", code: Champ = ""
    ) -> Response:
        check_origine(requete)
        try:
            with maison.moteur.begin() as connexion:
                trousseau, maintenant = maison.archive.trousseau, horloge()
                qui = accept(connexion, trousseau, jeton, mot_de_passe, code, maintenant, porte)
                session = open_session(connexion, qui, maintenant)
        except AccesRefuse as refus:
            return HTMLResponse(_render_invitation(maison, porte, horloge, jeton, str(refus)), 400)
        return _enter(requete, session, porte)

    @routes.post("/deconnexion")
    def disconnect(requete: Request, preuve: Champ = "") -> Response:
        check_origine(requete)
        ouverte = read_session(maison, requete, horloge(), porte)
        check_preuve(ouverte, preuve)
        with maison.moteur.begin() as connexion:
            close_session(connexion, ouverte.jeton, horloge())
        reponse = RedirectResponse("/connexion", VERS_UNE_PAGE)
        reponse.delete_cookie(COOKIES[porte])
        return reponse

    return routes


def _try(
    maison: Maison, porte: Porte, horloge: Horloge, adresse: str,
    nom: str, mot_de_passe: str, code: str,
) -> tuple[str | None, str]:  # fmt: skip
    """The token of a session, or why there is none: the same words for a wrong name or password."""
    maintenant, compte = horloge(), porte.name_compte(nom)
    with maison.moteur.begin() as connexion:
        if must_wait(connexion, compte, adresse, maintenant):
            return None, ATTENTE.format(read_regles().fenetre_essais_minutes)
        trousseau = maison.archive.trousseau
        reussie = (
            authenticate(connexion, trousseau, compte, mot_de_passe, code, maintenant)
            and porte.name_personne(compte) is not None
        )
        record_tentative(connexion, compte, adresse, maintenant, reussie=reussie)
        return (open_session(connexion, compte, maintenant), "") if reussie else (None, REFUS)


def _enter(requete: Request, jeton: str, porte: Porte) -> Response:
    reponse = RedirectResponse("/", VERS_UNE_PAGE)
    keep_session(reponse, requete, jeton, porte)
    return reponse


def _address(requete: Request) -> str:
    return requete.client.host if requete.client else ""


def _render_connexion(seuil: Seuil, erreur: str = "", utilisateur: str = "") -> str:
    return render("connexion.html", seuil=seuil, erreur=erreur, utilisateur=utilisateur)


def _render_invitation(
    maison: Maison, porte: Porte, horloge: Horloge, jeton: str, erreur: str = ""
) -> str:
    with maison.moteur.connect() as connexion:
        invitation = find_invitation(connexion, maison.archive.trousseau, jeton, horloge(), porte)
    if invitation is None:
        raise Introuvable(INVITATION_MORTE)
    totp = pyotp.TOTP(invitation.secret)
    nom = porte.name_personne(invitation.utilisateur) or ""
    adresse = totp.provisioning_uri(name=nom, issuer_name=read_caisse().sigle)
    return render(
        "invitation.html",
        utilisateur=nom,
        secret=" ".join(invitation.secret[n : n + 4] for n in range(0, len(invitation.secret), 4)),
        qr=segno.make(adresse, error="m").matrix_iter(border=2),
        minimum=read_regles().mot_de_passe_minimum,
        erreur=erreur,
    )
