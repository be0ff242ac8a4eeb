"""The desk of the operators as an application of its own: `caisse poste servir`."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI

from reporting.connexion import Seuil, build_routes
from reporting.espace.application import ILLISIBLE, read_horloge
from reporting.espace.visiteur import ABSENT
from reporting.poste import actes, files, nuits, personnes
from reporting.sessions import Horloge, add_seuil
from reporting.socle import HOTES, Mots, create_socle
from warehouse.acces.portes import Porte
from warehouse.maison import Maison

INTERDIT = (
    "Votre accès ne permet pas cela : la caisse donne les droits (caisse poste inviter --droit)."
)
MOTS = Mots(
    titres={
        HTTPStatus.BAD_REQUEST: "Demande refusée",
        HTTPStatus.FORBIDDEN: "Droit insuffisant",
        HTTPStatus.UNPROCESSABLE_ENTITY: "Demande refusée",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Panne",
    },
    explications={
        HTTPStatus.FORBIDDEN: INTERDIT,
        HTTPStatus.UNPROCESSABLE_ENTITY: ILLISIBLE,
        HTTPStatus.INTERNAL_SERVER_ERROR: "Le poste n'a pas pu répondre. "
        "Le journal du serveur en dit la raison.",
    },
    titre="Introuvable",
    explication=ABSENT,
    retour="Revenir à l'accueil",
)
SEUIL = Seuil(
    Porte.POSTE,
    "Poste de l'exploitant",
    "Pas encore d'accès, ou téléphone perdu ? Qui administre la machine donne une invitation :"
    " caisse poste inviter.",
)


def create_poste(
    maison: Maison, horloge: Horloge = read_horloge, hotes: Sequence[str] = HOTES
) -> FastAPI:
    """Build the desk of a home; `hotes`: names that it answers to."""
    poste = create_socle(MOTS, hotes)
    poste.state.maison, poste.state.horloge = maison, horloge
    poste.include_router(build_routes(maison, horloge, SEUIL))
    for pages in (nuits, files, actes, personnes):
        poste.include_router(pages.build_routes(maison))
    add_seuil(poste, "/connexion")
    return poste
