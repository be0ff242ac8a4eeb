"""Published tables of a company: the list, the schema of a row, rows, why a row is what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from reporting.api.etiquettes import (
    compute_etiquette,
    describe_droits,
    is_known,
    label_octets,
    render_connue,
    render_octets,
    tell_etiquette,
)
from reporting.api.formes import choose_forme
from reporting.api.modeles import (
    ABSENTS,
    CONNUE,
    Codes,
    Explications,
    Lignes,
    TablePubliee,
    list_refus,
)
from reporting.api.pages import count_pages, write_liens
from reporting.api.parametres import Cle, Demandee, Etiquette, NomTable, Siren
from reporting.api.porteur import Qui
from reporting.demande import Format, Introuvable
from reporting.espace.fiche import read_ligne
from reporting.espace.lecture import Demande, Liste, describe_table, read_lignes
from reporting.espace.pourquoi import Pourquoi, ask_pourquoi, read_pourquoi
from reporting.formats import render_table
from reporting.lecture import DU_JOUR, read_publication
from specs.contrats.schema_json import build_schema
from specs.espace import Table, read_tables
from warehouse.maison import Maison

RIEN = "Rien à expliquer de cette ligne pour ce jeton."
ATTENTE_S = "1"
FORMES = {f: f.type_mime for f in (Format.JSON, Format.CSV, Format.PARQUET)}
BINAIRE = {"schema": {"type": "string", "format": "binary"}}
ENTETES_LIGNES = {
    "Link": {"description": "Autres pages (RFC 8288).", "schema": {"type": "string"}},
    "ETag": {"description": "Ce qui change avec la réponse.", "schema": {"type": "string"}},
    "Caisse-Publication": {"description": "Publication lue.", "schema": {"type": "string"}},
    "Caisse-Nombre": {"description": "Lignes en tout.", "schema": {"type": "string"}},
}
SCHEMA: Codes = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
REPONSES_LIGNES: Codes = {
    200: {
        "description": "Les lignes.",
        "headers": ENTETES_LIGNES,
        "content": {FORMES[f].partition(";")[0]: BINAIRE for f in (Format.CSV, Format.PARQUET)},
    },
    **CONNUE,
    **ABSENTS,
    **list_refus(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_ACCEPTABLE),
}


def add_tables(routes: APIRouter, maison: Maison) -> None:
    """The list, the schemas, the rows."""

    @routes.get("/entreprises/{siren}/tables", responses=ABSENTS, tags=["tables"])
    def list_tables(siren: Siren, qui: Qui) -> list[TablePubliee]:
        """Tables publiées que le jeton lit de cette entreprise."""
        acces = qui.lecture.find(siren)
        return [_describe(siren, t) for t in read_tables().values() if acces.can_read(t)]

    @routes.get(
        "/entreprises/{siren}/tables/{table}/schema",
        response_class=JSONResponse,
        responses={**SCHEMA, **ABSENTS, **CONNUE},
        tags=["tables"],
    )
    def show_schema(
        requete: Request, siren: Siren, table: NomTable, qui: Qui, _connue: Etiquette = None
    ) -> Response:
        """Schéma JSON (2020-12) d'une ligne : chaque colonne, son sens, son unité, ses valeurs."""
        _, lue = qui.lecture.find_table(siren, table)
        octets = json.dumps(build_schema(describe_table(lue)), ensure_ascii=False).encode()
        return render_octets(requete, octets, "application/json")

    @routes.get(
        "/entreprises/{siren}/tables/{table}",
        response_model=Lignes,
        responses=REPONSES_LIGNES,
        tags=["tables"],
    )
    def show_lignes(
        requete: Request,
        siren: Siren,
        table: NomTable,
        demande: Demandee,
        qui: Qui,
        forme: Annotated[
            Literal["json", "csv", "parquet"] | None,
            Query(alias="format", description="Forme, avant ce que dit Accept."),
        ] = None,
        accept: Annotated[str, Header(max_length=500)] = "*/*",
        _connue: Etiquette = None,
    ) -> Response:
        """Lignes d'une table, cherchées, filtrées, triées, page par page.

        Les montants sont en centimes, les taux en millionièmes, les heures en centièmes. Les pages
        suivantes (Link) sont celles de la même publication.
        """
        acces, lue = qui.lecture.find_table(siren, table)
        choisie = choose_forme(FORMES, Format(forme) if forme else None, accept)
        publication = read_publication(maison, demande.publication)
        numero = publication.numero if publication else None
        du_jour = table in DU_JOUR and demande.publication is None
        etiquette = compute_etiquette(
            numero, describe_droits(acces), requete.url.path, demande, choisie,
            describe_table(lue),
        )  # fmt: skip
        if not du_jour and is_known(requete, etiquette):
            return render_connue(etiquette)
        liste = read_lignes(maison, acces, lue, _complete(demande, lue))
        octets = _render(lue, liste, demande, choisie, numero)
        if du_jour:  # the journal completes it: it may change within a publication
            etiquette = label_octets(octets)
            if is_known(requete, etiquette):
                return render_connue(etiquette)
        fixes = {"publication": str(numero)} if numero and not du_jour else {}
        entetes = _tell(requete, demande, liste, fixes) | tell_etiquette(etiquette)
        return Response(octets, media_type=choisie.type_mime, headers=entetes)


def add_pourquoi(routes: APIRouter, maison: Maison) -> None:
    """Why a row is what it is, asked of the engine."""

    @routes.get(
        "/entreprises/{siren}/tables/{table}/pourquoi",
        response_model=Explications,
        responses={
            202: {
                "description": "Demandé au moteur : revenir après Retry-After.",
                "model": Explications,
                "headers": {"Retry-After": {"schema": {"type": "string"}}},
            },
            **ABSENTS,
        },
        tags=["tables"],
    )
    def explain(
        requete: Request, siren: Siren, table: NomTable, cle: Cle, qui: Qui
    ) -> JSONResponse:
        """Pourquoi une ligne est ce qu'elle est, jusqu'aux lignes de la DSN.

        Le premier appel demande au moteur et répond 202 ; les suivants, 200 dès que c'est prêt.
        """
        acces, lue = qui.lecture.find_table(siren, table)
        valeurs = read_ligne(maison, acces, lue, cle)
        ask_pourquoi(maison, acces, lue, valeurs, requete.app.state.horloge())
        return _tell_pourquoi(read_pourquoi(maison, acces, lue, valeurs, attend=False))


def _tell_pourquoi(pourquoi: Pourquoi | None) -> JSONResponse:
    if pourquoi is None or pourquoi.explications == []:
        raise Introuvable(RIEN)
    if pourquoi.explications is None:
        contenu: dict[str, Any] = {"etat": "en_cours", "explications": []}
        return JSONResponse(contenu, HTTPStatus.ACCEPTED, {"Retry-After": ATTENTE_S})
    modele = Explications.model_validate(
        {"etat": "pret", "explications": pourquoi.explications}, from_attributes=True
    )
    return JSONResponse(modele.model_dump())


def _describe(siren: str, table: Table) -> TablePubliee:
    adresse = f"/v1/entreprises/{siren}/tables/{table.nom}"
    dits = {"table": table.nom, "titre": table.titre, "theme": table.theme, "lignes": adresse}
    return TablePubliee.model_validate({**dits, "schema": f"{adresse}/schema"})


def _complete(demande: Demande, table: Table) -> Demande:
    """A program reads every column when it chooses none."""
    if demande.colonnes:
        return demande
    toutes = tuple(colonne.nom for colonne in describe_table(table).colonnes)
    return replace(demande, colonnes=toutes)


def _render(
    table: Table, liste: Liste, demande: Demande, forme: Format, publication: int | None
) -> bytes:
    """The rows; in JSON, with what says where they come from."""
    lignes = liste.lignes.select(colonne.nom for colonne in liste.contrat.colonnes)
    if forme is not Format.JSON:
        return render_table(lignes, liste.contrat, forme)
    entete = {
        "table": table.nom,
        "publication": publication,
        "nombre": liste.nombre,
        "page": demande.page,
        "pages": count_pages(liste.nombre, demande.longueur or 1),
    }
    debut = json.dumps(entete, ensure_ascii=False).removesuffix("}")
    return f'{debut}, "lignes": {lignes.write_json()}}}\n'.encode()


def _tell(
    requete: Request, demande: Demande, liste: Liste, fixes: dict[str, str]
) -> dict[str, str]:
    pages = count_pages(liste.nombre, demande.longueur or 1)
    liens = write_liens(requete, demande.page or 1, pages, fixes)
    return {
        "Link": liens,
        "Caisse-Nombre": str(liste.nombre),
        **{f"Caisse-{nom.capitalize()}": valeur for nom, valeur in fixes.items()},
    }
