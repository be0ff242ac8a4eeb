"""Who calls: a token, the user that it is, and what its scopes leave of the user's rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from reporting.api.problemes import Probleme
from reporting.espace.droits import Acces, read_acces
from reporting.espace.visiteur import Visiteur
from specs.espace.portees import DEPOT, services_of
from warehouse.acces.jetons import Jeton, find_jeton, must_touch, touch_jeton
from warehouse.instants import format_instant, paris_day
from warehouse.maison import Maison

PORTEUR = HTTPBearer(
    auto_error=False,
    scheme_name="jeton",
    description="Jeton donné par `caisse api jeton creer`, dans l'en-tête `Authorization: Bearer`.",
)
SANS_JETON = (
    "Il faut un jeton en cours, dans l'en-tête « Authorization: Bearer … » :"
    " absent, inconnu, retiré ou arrivé à son terme."
)


@dataclass(frozen=True, slots=True)
class Porteur:
    """The bearer of a token.

    `lecture`: what it reads, as a visitor of the space whose rights are narrowed; `depots`: by
    SIREN, the whole rights of its user, when it may deposit.
    """

    jeton: Jeton
    lecture: Visiteur
    depots: Mapping[str, Acces]

    def find_depot(self, siren: str) -> Acces:
        """Its rights on a company for which it deposits.

        Introuvable for a company that it does not know, Probleme (403) for one that it only reads.
        """
        acces = self.depots.get(siren)
        if acces is not None and acces.entier:
            return acces
        if acces is None:
            self.lecture.find(siren)
        raise Probleme(
            HTTPStatus.FORBIDDEN,
            "Déposer demande la portée « depot » et tous les droits de l'entreprise.",
        )


def read_porteur(
    requete: Request,
    donne: Annotated[HTTPAuthorizationCredentials | None, Depends(PORTEUR)],
) -> Porteur:
    """Who calls; Probleme (401) for nobody, (429) for one who calls too often."""
    etat = requete.app.state
    maison, maintenant = etat.maison, etat.horloge()
    jeton = _find(maison, donne.credentials, maintenant) if donne else None
    _check(requete, f"jeton {jeton.numero}" if jeton else _address(requete))
    if jeton is None:
        entetes = {"WWW-Authenticate": "Bearer"}
        raise Probleme(HTTPStatus.UNAUTHORIZED, SANS_JETON, entetes)
    if must_touch(jeton, maintenant):
        with maison.moteur.begin() as connexion:
            touch_jeton(connexion, jeton.numero, maintenant)
    return _compose(maison, jeton, maintenant)


def check_debit(requete: Request) -> None:
    """Probleme (429) for an address that calls too often what asks no token."""
    _check(requete, _address(requete))


Qui = Annotated[Porteur, Depends(read_porteur)]


def _check(requete: Request, appelant: str) -> None:
    etat = requete.app.state
    attente = etat.debit.count(appelant, etat.horloge())
    if attente:
        detail = f"Plus de {etat.debit.maximum} appels dans la minute : reprendre dans {attente} s."
        entetes = {"Retry-After": str(attente)}
        raise Probleme(HTTPStatus.TOO_MANY_REQUESTS, detail, entetes)


def _find(maison: Maison, texte: str, maintenant: datetime) -> Jeton | None:
    with maison.moteur.connect() as connexion:
        return find_jeton(connexion, texte, maintenant)


def _address(requete: Request) -> str:
    return f"adresse {requete.client.host if requete.client else ''}"


def _compose(maison: Maison, jeton: Jeton, maintenant: datetime) -> Porteur:
    jour = paris_day(format_instant(maintenant))
    siens = {
        siren: acces
        for siren, acces in read_acces(maison, jeton.utilisateur, jour).items()
        if jeton.siren in (None, siren)
    }
    services = services_of(jeton.portees)
    lus = {siren: acces.narrow(services) for siren, acces in siens.items()}
    lecture = Visiteur(
        jeton.utilisateur, "", jour, {siren: acces for siren, acces in lus.items() if acces.droits}
    )
    return Porteur(jeton, lecture, siens if DEPOT in jeton.portees else {})
