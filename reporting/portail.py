"""The portal: one page, its downloads, its health, its measures; all from the server, no script.

Example: ``uvicorn.run(create_portail(open_maison(Reglages())), host="127.0.0.1")``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from reporting.attestations import read_document, read_statut
from reporting.demande import (
    Format,
    parse_filtres,
    parse_format,
    parse_jour,
    parse_publication,
)
from reporting.formats import render_table
from reporting.lecture import read_contrat_publie, read_publication, read_sante, read_table
from reporting.page import read_page
from reporting.rendu import render
from reporting.retraitements import read_retraitements
from reporting.socle import Mots, create_socle
from specs.contrats import Lecteur
from warehouse.exploitation.etat import list_sections
from warehouse.exploitation.mesures import TYPE_MIME, format_mesures
from warehouse.exploitation.releve import read_releve
from warehouse.instants import format_instant
from warehouse.maison import Maison

MOTS = Mots(
    titres={
        HTTPStatus.BAD_REQUEST: "Demande illisible",
        HTTPStatus.NOT_FOUND: "Introuvable",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Panne",
    },
    explications={
        HTTPStatus.NOT_FOUND: "Cette page n'existe pas.",
        HTTPStatus.METHOD_NOT_ALLOWED: "Le portail se lit ; il ne reçoit rien.",
        HTTPStatus.INTERNAL_SERVER_ERROR: "Le portail n'a pas pu lire ce qui est publié. "
        "Le journal du serveur en dit la raison.",
    },
    titre="Demande refusée",
    explication="Cette demande n'a pas de réponse.",
    retour="Revenir à la dernière publication",
)

Numero = Annotated[str | None, Query()]
Jour = Annotated[str | None, Query(alias="date")]
Filtres = Annotated[list[str] | None, Query()]


def create_portail(maison: Maison) -> FastAPI:
    """Build the portal of a home; it only reads what is published."""
    portail = create_socle(MOTS)
    _add_routes(portail, maison)
    return portail


def _add_routes(portail: FastAPI, maison: Maison) -> None:
    @portail.get("/", response_class=HTMLResponse)
    def show_page(publication: Numero = None) -> str:
        page = read_page(maison, parse_publication(publication))
        if page is None:
            return render("vide.html")
        return render("page.html", page=page)

    @portail.get("/tables/{table}.{forme}")
    def download_table(
        table: str, forme: str, publication: Numero = None, ou: Filtres = None
    ) -> Response:
        demande = parse_publication(publication), parse_filtres(ou or [])
        return _render_fichier(maison, table, parse_format(forme), *demande)

    @portail.get("/attestations/{numero}.pdf")
    def download_attestation(numero: str) -> Response:
        return Response(read_document(maison, numero), media_type="application/pdf")

    @portail.get("/attestations/{numero}")
    def show_attestation(numero: str, jour: Jour = None) -> JSONResponse:
        reponse = read_statut(maison, numero, parse_jour(jour))
        inconnue = "errors" in reponse
        return JSONResponse(reponse, HTTPStatus.NOT_FOUND if inconnue else HTTPStatus.OK)

    @portail.get("/sante")
    def show_sante() -> JSONResponse:
        return _render_sante(maison)

    @portail.get("/exploitation", response_class=HTMLResponse)
    def show_exploitation() -> str:
        maintenant = datetime.now(UTC)
        sections = list_sections(read_releve(maison, maintenant))
        return render("exploitation.html", sections=sections, instant=format_instant(maintenant))

    @portail.get("/retraitements", response_class=HTMLResponse)
    def show_retraitements() -> str:
        return render("retraitements.html", page=read_retraitements(maison))

    @portail.get("/mesures")
    def show_mesures() -> PlainTextResponse:
        return _render_mesures(maison)


def _render_fichier(
    maison: Maison, table: str, forme: Format, numero: int | None, filtres: dict[str, str]
) -> Response:
    """Render a table as a download named after its publication; text shows in the browser."""
    contrat = read_contrat_publie(table, Lecteur.PORTAIL)
    publication = read_publication(maison, numero)
    lu = publication.numero if publication else None
    frame = read_table(maison, table, lu, filtres, lecteur=Lecteur.PORTAIL)
    octets = render_table(frame, contrat, forme)
    extension = "txt" if forme is Format.TEXTE else forme
    mode = "inline" if forme is Format.TEXTE else "attachment"
    nom = f"{table}-publication-{lu or 0}.{extension}"
    return Response(
        octets,
        media_type=forme.type_mime,
        headers={"Content-Disposition": f'{mode}; filename="{nom}"'},
    )


def _render_sante(maison: Maison) -> JSONResponse:
    sante = read_sante(maison)
    disponible = sante["etat"] == "ok"
    return JSONResponse(sante, HTTPStatus.OK if disponible else HTTPStatus.SERVICE_UNAVAILABLE)


def _render_mesures(maison: Maison) -> PlainTextResponse:
    """The figures of the fund for Prometheus; 503 when its base does not answer."""
    try:
        texte = format_mesures(read_releve(maison, datetime.now(UTC)))
    except SQLAlchemyError:
        return PlainTextResponse("", HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse(texte, media_type=TYPE_MIME)
