"""The page of an employee as an application of its own: `caisse salarie servir`."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI

from reporting.espace.application import read_horloge
from reporting.salarie import connexion, pages
from reporting.salarie.lecture import ABSENT
from reporting.sessions import Horloge, add_seuil
from reporting.socle import HOTES, Mots, create_socle
from warehouse.maison import Maison

MOTS = Mots(
    titres={
        HTTPStatus.BAD_REQUEST: "Demande refusée",
        HTTPStatus.UNPROCESSABLE_ENTITY: "Demande illisible",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Panne",
    },
    explications={
        HTTPStatus.UNPROCESSABLE_ENTITY: "Cette demande ne se lit pas : revenez en arrière et"
        " recommencez.",
        HTTPStatus.INTERNAL_SERVER_ERROR: "La page n'a pas pu s'afficher. Réessayez plus tard.",
    },
    titre="Introuvable",
    explication=ABSENT,
    retour="Revenir à ma page",
)


def create_salarie(
    maison: Maison, horloge: Horloge = read_horloge, hotes: Sequence[str] = HOTES
) -> FastAPI:
    """Build the page of the employees of a home; `hotes`: names that it answers to."""
    salarie = create_socle(MOTS, hotes)
    salarie.state.maison, salarie.state.horloge = maison, horloge
    salarie.include_router(connexion.build_routes(maison, horloge))
    salarie.include_router(pages.build_routes())
    add_seuil(salarie, "/entrer")
    return salarie
