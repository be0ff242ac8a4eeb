"""The space of the companies as an application of its own: `caisse espace servir`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import FastAPI

from reporting.connexion import Seuil, build_routes
from reporting.espace import connexion_federee, pages
from reporting.espace.actes import pages as actes
from reporting.espace.federation import read_fournisseur
from reporting.espace.visiteur import ABSENT
from reporting.sessions import Horloge, add_seuil
from reporting.socle import HOTES, Mots, create_socle
from warehouse.acces.portes import Porte
from warehouse.maison import Maison

SEUIL = Seuil(
    Porte.ESPACE,
    "Votre espace",
    "Pas encore d'accès, ou téléphone perdu ? L'administrateur de la convention ANET de votre"
    " entreprise demande une invitation à la caisse.",
)
ILLISIBLE = "Cette demande ne se lit pas : revenir en arrière et recommencer."
MOTS = Mots(
    titres={
        HTTPStatus.BAD_REQUEST: "Demande refusée",
        HTTPStatus.UNPROCESSABLE_ENTITY: "Demande illisible",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Panne",
    },
    explications={
        HTTPStatus.UNPROCESSABLE_ENTITY: ILLISIBLE,
        HTTPStatus.INTERNAL_SERVER_ERROR: "L'espace n'a pas pu répondre. "
        "Le journal du serveur en dit la raison.",
    },
    titre="Introuvable",
    explication=ABSENT,
    retour="Revenir à l'accueil",
)


def read_horloge() -> datetime:
    """Now: sessions end by it, nothing else does."""
    return datetime.now(UTC)


def create_espace(
    maison: Maison, horloge: Horloge = read_horloge, hotes: Sequence[str] = HOTES
) -> FastAPI:
    """Build the space of a home; `hotes`: names that it answers to."""
    espace = create_socle(MOTS, hotes)
    espace.state.maison, espace.state.horloge = maison, horloge
    fournisseur = read_fournisseur(maison.reglages)
    seuil = replace(SEUIL, federation=fournisseur.nom if fournisseur else "")
    if fournisseur is not None:
        espace.include_router(connexion_federee.build_routes(maison, horloge, fournisseur, seuil))
    espace.include_router(build_routes(maison, horloge, seuil))
    espace.include_router(pages.build_routes(maison))
    espace.include_router(actes.build_routes(maison))
    add_seuil(espace, "/connexion")
    return espace
