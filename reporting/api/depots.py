"""Deposits of a company: dropped in its box, followed, answered."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote

import polars as pl
from fastapi import APIRouter, File, Header, Path, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from reporting.api.etiquettes import render_octets
from reporting.api.formes import choose_forme
from reporting.api.modeles import (
    ABSENTS,
    CONNUE,
    Codes,
    Depose,
    Depot,
    Depots,
    Etat,
    Reponse,
    SuiviDepot,
    list_refus,
)
from reporting.api.pages import count_pages, write_liens
from reporting.api.parametres import REGLES, Etiquette, Longueur, Page, Siren
from reporting.api.porteur import Porteur, Qui
from reporting.api.problemes import Probleme
from reporting.demande import Introuvable
from reporting.espace.depot import EMPREINTE, control_fichier, drop_fichier
from reporting.espace.documents import name_nature, read_document
from reporting.espace.droits import Acces
from reporting.espace.lecture import DEPOTS, Tables, scan_in
from reporting.espace.visiteur import ABSENT
from specs.contrats import read_contrat, schema_polars
from specs.espace import find_table
from warehouse.audit import record_audit
from warehouse.instants import format_instant
from warehouse.journal import read_depots, read_etats
from warehouse.maison import Maison
from warehouse.remises import find_reponses

A_RECEVOIR = "A_RECEVOIR"
REPONSES = ("RAPPORT", "CRM", "CONTROLE", "CRT", "ACK")  # what answers a deposit, the last first
RAPPORTS = REPONSES[:-1]
MARGE = 1 << 16  # bytes of a form around its file
XML, JSON = "xml", "json"
TYPES = {XML: "application/xml", JSON: "application/json"}
NomDepot = Annotated[
    str, Path(description="Numéro d'un dépôt (D00000123), ou SHA-256 du fichier déposé.")
]
OCTETS: Codes = {
    200: {
        "description": "Les octets, tels qu'ils ont été remis.",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    **CONNUE,
    **ABSENTS,
}
RAPPORT: Codes = {
    200: {
        "description": "Le rapport, tel qu'il a été remis.",
        "content": {TYPES[XML]: {"schema": {"type": "string"}}, TYPES[JSON]: {"schema": {}}},
    },
    **CONNUE,
    **ABSENTS,
    **list_refus(HTTPStatus.NOT_ACCEPTABLE),
}


def add_depots(routes: APIRouter, maison: Maison) -> None:
    """Drop a file; the deposits."""

    @routes.post(
        "/entreprises/{siren}/depots",
        status_code=HTTPStatus.ACCEPTED,
        response_model=Depose,
        responses={
            **ABSENTS,
            **list_refus(
                HTTPStatus.BAD_REQUEST,
                HTTPStatus.FORBIDDEN,
                HTTPStatus.CONFLICT,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            ),
        },
        tags=["dépôts"],
    )
    def drop(
        requete: Request,
        siren: Siren,
        fichier: Annotated[UploadFile, File(description="Le fichier ; son nom est gardé.")],
        qui: Qui,
    ) -> JSONResponse:
        """Déposer un fichier dans la boîte de l'entreprise, comme par SFTP.

        Ce que son contrôle y trouve est répondu aussitôt (jusqu'à 4 Mo) ; rien d'autre n'arrive
        avant la réception, puis la nuit.
        """
        acces = qui.find_depot(siren)
        _check_taille(maison, requete)
        nom = fichier.filename or ""
        empreinte = drop_fichier(maison, acces, nom, fichier.file)
        maintenant = requete.app.state.horloge()
        with maison.moteur.begin() as connexion:
            record_audit(
                connexion,
                auteur=acces.utilisateur,
                action="dépôt par l'API",
                objet=f"{empreinte}, SIREN {siren}",
                motif=f"jeton {qui.jeton.numero} : {qui.jeton.usage}",
                instant=format_instant(maintenant),
            )
        suivi = f"/v1/entreprises/{siren}/depots/{empreinte}"
        controle = control_fichier(maison, acces, nom, fichier.file, maintenant)
        dits = {"nom": nom, "sha256": empreinte, "suivi": suivi, "controle": controle}
        modele = Depose.model_validate(dits, from_attributes=True)
        return JSONResponse(modele.model_dump(), HTTPStatus.ACCEPTED, {"Location": suivi})

    @routes.get("/entreprises/{siren}/depots", responses=ABSENTS, tags=["dépôts"])
    def list_depots(
        requete: Request,
        reponse: Response,
        siren: Siren,
        qui: Qui,
        page: Page = 1,
        par_page: Longueur = REGLES.lignes_par_reponse,
    ) -> Depots:
        """Dépôts reçus que le jeton lit, le dernier d'abord, tels qu'ils sont maintenant."""
        lus = _read_depots(maison, qui.lecture.find(siren))
        pages = count_pages(lus.height, par_page)
        reponse.headers["Link"] = write_liens(requete, page, pages)
        vus = lus.slice((page - 1) * par_page, par_page).to_dicts()
        dits = [_describe(depot) for depot in vus]
        return Depots(nombre=lus.height, page=page, pages=pages, depots=dits)


def add_suivis(routes: APIRouter, maison: Maison) -> None:
    """What became of a deposit, its report."""

    @routes.get("/entreprises/{siren}/depots/{depot}", responses=ABSENTS, tags=["dépôts"])
    def show_depot(siren: Siren, depot: NomDepot, qui: Qui) -> SuiviDepot:
        """Un dépôt : son état, ceux par lesquels il est passé, les fichiers qui lui répondent."""
        try:
            acces, lu = _find(maison, qui, siren, depot)
        except Introuvable:
            attendu = _find_attendu(maison, qui, siren, depot)
            return SuiviDepot(depot=attendu, etats=[], reponses=[])
        with maison.moteur.connect() as connexion:
            etats = read_etats(connexion, lu["depot"])
            reponses = find_reponses(connexion, lu["depot"], REPONSES)
        adresse = f"/v1/entreprises/{acces.siren}/depots/{lu['depot']}/reponses/"
        return SuiviDepot(
            depot=_describe(lu),
            etats=[Etat(etat=e, motif=m, instant=i) for e, m, i in etats],
            reponses=[
                Reponse(nom=nom, sha256=sha256, contenu=adresse + quote(nom))
                for nom, sha256 in reponses.items()
            ],
        )

    @routes.get("/entreprises/{siren}/depots/{depot}/rapport", responses=RAPPORT, tags=["dépôts"])
    def show_rapport(
        requete: Request,
        siren: Siren,
        depot: NomDepot,
        qui: Qui,
        forme: Annotated[
            Literal["xml", "json"] | None,
            Query(alias="format", description="Forme, avant ce que dit Accept."),
        ] = None,
        accept: Annotated[str, Header(max_length=500)] = "*/*",
        _connue: Etiquette = None,
    ) -> Response:
        """Le dernier rapport d'un dépôt, tel qu'il a été remis.

        D'une DSN, le rapport de conformité (XML) ; d'un fichier d'échange, le bilan (JSON ou XML).
        """
        _, lu = _find(maison, qui, siren, depot)
        noms = _read_rapports(maison, lu["depot"])
        if not noms:
            raise Introuvable("Aucun rapport n'a encore été remis de ce dépôt.")
        types = {forme: TYPES[forme] for forme in noms}
        if forme is not None and forme not in types:
            raise Probleme(
                HTTPStatus.NOT_ACCEPTABLE, f"Ce rapport n'a été remis qu'en {', '.join(types)}."
            )
        choisie = choose_forme(types, forme, accept)
        octets = maison.archive.read(noms[choisie][1])
        return render_octets(requete, octets, TYPES[choisie], _attach(noms[choisie][0]))


def add_documents(routes: APIRouter, maison: Maison) -> None:
    """Files that were given: what answers a deposit, any other."""

    @routes.get(
        "/entreprises/{siren}/depots/{depot}/reponses/{nom}",
        response_class=Response,
        responses=OCTETS,
        tags=["dépôts"],
    )
    def download_reponse(
        requete: Request,
        siren: Siren,
        depot: NomDepot,
        nom: str,
        qui: Qui,
        _connue: Etiquette = None,
    ) -> Response:
        """Un fichier qui répond à un dépôt : accusé, contrôle, rapport, bilan."""
        _, lu = _find(maison, qui, siren, depot)
        with maison.moteur.connect() as connexion:
            sha256 = find_reponses(connexion, lu["depot"], REPONSES).get(nom)
        if sha256 is None:
            raise Introuvable(ABSENT)
        return render_octets(requete, maison.archive.read(sha256), name_nature(nom), _attach(nom))

    @routes.get(
        "/entreprises/{siren}/documents/{nom}",
        response_class=Response,
        responses=OCTETS,
        tags=["documents"],
    )
    def download_document(
        requete: Request, siren: Siren, nom: str, qui: Qui, _connue: Etiquette = None
    ) -> Response:
        """Un document remis à l'entreprise ; leur liste est la table `fichiers_emis`."""
        acces, table = qui.lecture.find_table(siren, "fichiers_emis")
        octets, nature = read_document(maison, acces, table, nom)
        return render_octets(requete, octets, nature, _attach(nom))


def _check_taille(maison: Maison, requete: Request) -> None:
    annoncee, limite = requete.headers.get("content-length", ""), maison.reglages.taille_max_octets
    if annoncee.isdecimal() and int(annoncee) > limite + MARGE:
        raise Probleme(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Fichier trop grand : {limite} octets au plus."
        )


def _read_depots(maison: Maison, acces: Acces) -> pl.DataFrame:
    """Deposits that a reader reads as the journal has them by now, the last first."""
    with maison.moteur.connect() as connexion:
        recus = read_depots(connexion, boites=acces.boites)
    contrat = read_contrat(DEPOTS)
    lignes = [{c.nom: getattr(recu, c.nom) for c in contrat.colonnes} for recu in recus]
    tables = Tables(maison, {DEPOTS: pl.DataFrame(lignes, schema=schema_polars(contrat))})
    lisibles: pl.DataFrame = scan_in(tables, acces, find_table(DEPOTS)).collect()
    return lisibles.sort("depot", descending=True)


def _find(maison: Maison, qui: Porteur, siren: str, depot: str) -> tuple[Acces, dict[str, Any]]:
    """A deposit by its number, or the last one of a content; Introuvable when none is read."""
    acces = qui.lecture.find(siren)
    lus = _read_depots(maison, acces)
    siens = lus.filter((pl.col("depot") == depot) | (pl.col("sha256") == depot.lower()))
    if siens.is_empty():
        raise Introuvable(ABSENT)
    return acces, siens.row(0, named=True)


def _find_attendu(maison: Maison, qui: Porteur, siren: str, empreinte: str) -> Depot:
    """A file of this content that waits for the reception in a box that the token drops in."""
    acces = qui.depots.get(siren)
    if acces is None or not acces.entier:
        raise Introuvable(ABSENT)
    boite = maison.reglages.dossier_boites / acces.boite / "depot"
    for temoin in sorted(boite.glob(f"*{EMPREINTE}")):
        if temoin.read_text() == empreinte.lower():
            nom = temoin.name.removesuffix(EMPREINTE)
            return _describe({"nom": nom, "sha256": empreinte.lower(), "etat": A_RECEVOIR})
    raise Introuvable(ABSENT)


def _describe(depot: dict[str, Any]) -> Depot:
    return Depot.model_validate({nom: depot.get(nom) for nom in Depot.model_fields})


def _read_rapports(maison: Maison, depot: str) -> dict[str, tuple[str, str]]:
    """By form, name and SHA-256 of the last report of a deposit."""
    with maison.moteur.connect() as connexion:
        reponses = find_reponses(connexion, depot, RAPPORTS)
    trouves: dict[str, tuple[str, str]] = {}
    for nature in RAPPORTS:
        for nom, sha256 in reponses.items():
            forme = PurePath(nom).suffix.removeprefix(".")
            if nom.startswith(f"{nature}_") and forme in TYPES:
                trouves.setdefault(forme, (nom, sha256))
        if trouves:
            break
    return trouves


def _attach(nom: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(nom)}"}
