"""Who asks at the desk, and whether he may: the same question for every page and every act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Form, Request
from starlette.exceptions import HTTPException

from reporting.demande import DemandeRefusee
from reporting.sessions import SansSession, Session, check_origine, check_preuve, read_session
from warehouse.acces.operateurs import Droit, may, read_droits
from warehouse.acces.portes import Porte
from warehouse.instants import format_instant, paris_day

NIR = re.compile(r"[12378]\d{5}[\dAB]\d{6}(?:\d{2})?", re.ASCII)
SANS_NIR = (
    "Un numéro de sécurité sociale ne s'écrit pas dans une adresse : le chercher par la page"
    " « Chercher », qui ne le garde pas."
)
Champ = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Operateur(Session):
    """An operator who proved who he is: his rights, the day and the instant that he asks."""

    droits: frozenset[Droit]
    jour: date
    instant: str

    @property
    def compte(self) -> str:
        """The name of his account, which no user of the space can have."""
        return Porte.POSTE.name_compte(self.utilisateur)

    def peut(self, acte: str) -> bool:
        """Whether his rights open an act; `lecture`: a page."""
        return may(self.droits, acte)

    def check(self, acte: str) -> None:
        """HTTPException 403 when they do not."""
        if not self.peut(acte):
            raise HTTPException(HTTPStatus.FORBIDDEN)


def read_operateur(requete: Request) -> Operateur:
    """Who asks; SansSession when nobody is known, DemandeRefusee when an address tells a NIR."""
    etat = requete.app.state
    maintenant = etat.horloge()
    session = read_session(etat.maison, requete, maintenant, Porte.POSTE)
    with etat.maison.moteur.connect() as connexion:
        droits = read_droits(connexion, session.utilisateur)
    if not droits:
        raise SansSession
    if any(map(is_nir, _list_mots(requete))):
        raise DemandeRefusee(SANS_NIR)
    instant = format_instant(maintenant)
    qui = Operateur(session.utilisateur, session.jeton, droits, paris_day(instant), instant)
    qui.check("lecture")
    return qui


def _list_mots(requete: Request) -> Iterator[str]:
    """What an address says: its parts, its values, those of its filters."""
    yield from requete.url.path.split("/")
    for _, valeur in requete.query_params.multi_items():
        yield valeur
        yield valeur.partition("=")[2]


def read_signataire(requete: Request, preuve: Champ = "") -> Operateur:
    """Who sends a form, which is his own: from this site, given to this session."""
    check_origine(requete)
    qui = read_operateur(requete)
    check_preuve(qui, preuve)
    return qui


def is_nir(texte: str) -> bool:
    """Whether a text looks like a NIR, with its key or not, whatever blanks part it."""
    return NIR.fullmatch("".join(texte.split())) is not None


Qui = Annotated[Operateur, Depends(read_operateur)]
Signataire = Annotated[Operateur, Depends(read_signataire)]
