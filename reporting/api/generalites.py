"""What is of no table: health, publications, companies, certificates, dictionary."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import JSONResponse

from reporting.api.dictionnaire import describe_table, read_publiee, read_publiees
from reporting.api.modeles import (
    ABSENTS,
    FERMES,
    ILLISIBLE,
    LIMITE,
    Codes,
    Entreprise,
    Publication,
    Sante,
    TableDite,
    list_refus,
)
from reporting.api.parametres import Siren
from reporting.api.porteur import Porteur, Qui, check_debit
from reporting.attestations import read_statut, read_statut_siren
from reporting.demande import Introuvable, parse_jour
from reporting.espace.visiteur import ABSENT
from reporting.lecture import read_arretes, read_sante
from specs.api_entreprise import Reponse
from specs.espace import find_table
from warehouse.maison import Maison

LIBRE = [Depends(check_debit)]
Jour = Annotated[
    str | None, Query(alias="date", description="Jour de la vérification ; aujourd'hui sinon.")
]
STATUT: Codes = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


def add_generalites(routes: APIRouter, maison: Maison) -> None:
    """Health and publications; the companies of a token."""

    @routes.get(
        "/sante",
        response_model=Sante,
        responses={503: {"model": Sante, "description": "Indisponible"}, **LIMITE},
        dependencies=LIBRE,
        tags=["service"],
    )
    def show_sante() -> JSONResponse:
        """Si l'API peut lire ce qui est publié, et la dernière publication ; sans jeton."""
        sante = read_sante(maison)
        bonne = sante["etat"] == "ok"
        return JSONResponse(sante, HTTPStatus.OK if bonne else HTTPStatus.SERVICE_UNAVAILABLE)

    @routes.get("/publications", responses=FERMES, tags=["service"])
    def list_publications(_qui: Qui) -> list[Publication]:
        """Publications que l'on peut lire, la dernière d'abord."""
        lues = read_arretes(maison)
        return [Publication(publication=n, date_arrete=jour) for n, jour in lues.items()]

    @routes.get(
        "/publication",
        responses={**FERMES, **list_refus(HTTPStatus.NOT_FOUND)},
        tags=["service"],
    )
    def show_publication(_qui: Qui) -> Publication:
        """La dernière publication."""
        for numero, jour in read_arretes(maison).items():
            return Publication(publication=numero, date_arrete=jour)
        raise Introuvable("Rien n'a encore été publié.")

    @routes.get("/entreprises", responses=FERMES, tags=["service"])
    def list_entreprises(qui: Qui) -> list[Entreprise]:
        """Entreprises du jeton, telles que le registre les ouvre aujourd'hui."""
        return list(_list_entreprises(qui))


def _list_entreprises(qui: Porteur) -> list[Entreprise]:
    tous = {**qui.depots, **qui.lecture.acces}
    return [
        Entreprise(
            siren=siren,
            raison_sociale=acces.raison_sociale,
            services=sorted({d.service for d in qui.lecture.acces[siren].droits})
            if siren in qui.lecture.acces
            else [],
            depose=siren in qui.depots and qui.depots[siren].entier,
        )
        for siren, acces in sorted(tous.items())
    ]


def add_attestations(routes: APIRouter, maison: Maison) -> None:
    """Status of certificates, in the form of API Entreprise."""

    @routes.get(
        "/attestations/{numero}",
        responses={
            **STATUT,
            **LIMITE,
            **ILLISIBLE,
            **list_refus(HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST),
        },
        dependencies=LIBRE,
        tags=["attestations"],
    )
    def show_attestation(
        numero: Annotated[str, Path(description="Numéro imprimé sur l'attestation.")],
        jour: Jour = None,
    ) -> dict[str, Any]:
        """État d'une attestation pour qui la tient en main ; sans jeton."""
        return _tell(read_statut(maison, numero, parse_jour(jour)))

    @routes.get(
        "/entreprises/{siren}/attestation",
        responses={**STATUT, **ABSENTS, **list_refus(HTTPStatus.BAD_REQUEST)},
        tags=["attestations"],
    )
    def show_situation(siren: Siren, qui: Qui, jour: Jour = None) -> dict[str, Any]:
        """Attestation de l'entreprise ce jour-là, et la situation qui la justifie.

        Elle dit plus qu'une ligne : il faut des droits entiers sur le service de la table.
        """
        acces = qui.lecture.find(siren)
        service = find_table("situations").service
        if not any(droit.entier for droit in acces.list_droits(service)):
            raise Introuvable(ABSENT)
        return _tell(read_statut_siren(maison, siren, parse_jour(jour)))


def _tell(statut: Reponse) -> dict[str, Any]:
    if "errors" in statut:
        raise Introuvable(str(statut["errors"][0]["detail"]))
    return dict(statut)


def add_dictionnaire(routes: APIRouter) -> None:
    """The dictionary of the published tables, from their contracts."""

    @routes.get("/dictionnaire", responses=LIMITE, dependencies=LIBRE, tags=["dictionnaire"])
    def show_dictionnaire() -> list[TableDite]:
        """Chaque table publiée : sa clé, ses colonnes, leur sens et leur unité ; sans jeton."""
        return [describe_table(contrat) for contrat in read_publiees()]

    @routes.get(
        "/dictionnaire/{table}",
        responses={**LIMITE, **ILLISIBLE, **list_refus(HTTPStatus.NOT_FOUND)},
        dependencies=LIBRE,
        tags=["dictionnaire"],
    )
    def show_table(
        reponse: Response, table: Annotated[str, Path(description="Nom d'une table publiée.")]
    ) -> TableDite:
        """Une table publiée."""
        lue = describe_table(read_publiee(table))
        reponse.headers["Link"] = f'</dictionnaire/{table}>; rel="alternate"; type="text/html"'
        return lue
