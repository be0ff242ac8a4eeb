"""Lists and rows of the companies, and what is taken away of them: same rows, same rights."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from reporting.demande import Format, Introuvable, parse_filtres, parse_format
from reporting.espace.adresses import Adresse, list_rangees, name_fiche
from reporting.espace.cadre import Champ, Qui, render_page
from reporting.espace.documents import read_document
from reporting.espace.essai import read_consequences
from reporting.espace.favoris import change_favori, read_favoris
from reporting.espace.fiche import read_fiche
from reporting.espace.filtres import list_champs, parse_champs
from reporting.espace.images import read_images
from reporting.espace.lecture import (
    DEPOTS,
    PAGE_MAX,
    Demande,
    count_siennes,
    describe_table,
    read_lignes,
)
from reporting.espace.liste_pdf import draw_liste
from reporting.espace.pourquoi import ask_pourquoi, read_pourquoi
from reporting.espace.visiteur import ABSENT
from reporting.formats import render_table
from reporting.sessions import check_origine, check_preuve
from specs.contrats import Contrat
from specs.periodes import Mois
from warehouse.maison import Maison

SEE_OTHER = HTTPStatus.SEE_OTHER
FORMES = (Format.CSV, Format.XLSX, Format.JSON)
Textes = Annotated[list[str] | None, Query()]


def build_demande(
    q: Annotated[str, Query(max_length=200)] = "",
    ou: Textes = None,
    colonne: Textes = None,
    tri: str | None = None,
    sens: str | None = None,
    page: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 1,
) -> Demande:
    """What the address of a list asks; DemandeRefusee when it can't be read."""
    descendant = None if sens is None else sens == "descendant"
    return Demande(q.strip(), parse_filtres(ou or []), tuple(colonne or ()), tri, descendant, page)


Demandee = Annotated[Demande, Depends(build_demande)]


def add_listes(routes: APIRouter, maison: Maison) -> None:
    """Themes, lists, what is taken away of them."""

    @routes.get("/e/{siren}/theme/{nom}", response_class=HTMLResponse)
    def show_theme(siren: str, nom: str, qui: Qui) -> Response:
        acces, theme = qui.find_theme(siren, nom)
        comptes = [(t, count_siennes(maison, acces, t)) for t in theme.tables]
        images = read_images(maison, acces, nom, Mois.from_date(qui.jour))
        return render_page("theme.html", qui, siren, theme=theme, comptes=comptes, images=images)

    # Before the page, whose name would hold the suffix.
    @routes.get("/e/{siren}/liste/{nom}.{forme}")
    def download_liste(
        siren: str, nom: str, forme: str, demande: Demandee,
        qui: Qui,
    ) -> Response:  # fmt: skip
        acces, table = qui.find_table(siren, nom)
        lue = parse_format(forme)
        if lue not in FORMES:
            raise Introuvable(ABSENT)
        liste = read_lignes(maison, acces, table, replace(demande, page=None))
        colonnes = [colonne.nom for colonne in liste.contrat.colonnes]
        return _download(liste.lignes.select(colonnes), liste.contrat, lue)

    @routes.get("/e/{siren}/liste/{nom}", response_class=HTMLResponse)
    def show_liste(requete: Request, siren: str, nom: str, demande: Demandee, qui: Qui) -> Response:
        acces, table = qui.find_table(siren, nom)
        contrat = describe_table(table)
        champs = parse_champs(contrat, requete.query_params)
        if champs is not None:
            voulue = replace(demande, filtres={**demande.filtres, **champs}, page=1)
            return RedirectResponse(Adresse(siren, table, voulue).courante, SEE_OTHER)
        liste = read_lignes(maison, acces, table, demande)
        adresse = Adresse(siren, table, demande)
        with maison.moteur.connect() as connexion:
            favori = adresse.courante in read_favoris(connexion, qui.utilisateur)
        return render_page(
            "liste.html", qui, siren, table=table, liste=liste, demande=demande, adresse=adresse,
            toutes=contrat.colonnes, favori=favori, champs=list_champs(contrat),
            rangees=list_rangees(siren, table, liste.lignes, liste.contrat.colonnes),
        )  # fmt: skip

    @routes.post("/e/{siren}/liste/{nom}.pdf")
    def print_liste(
        requete: Request, siren: str, nom: str, demande: Demandee, qui: Qui, preuve: Champ = ""
    ) -> Response:
        check_origine(requete)
        check_preuve(qui, preuve)
        acces, table = qui.find_table(siren, nom)
        liste = read_lignes(maison, acces, table, replace(demande, page=None))
        maintenant = requete.app.state.horloge()
        octets = draw_liste(maison, acces, table, demande, liste, maintenant)
        return _attach(octets, f"{nom}.pdf", "application/pdf")


def add_fiches(routes: APIRouter, maison: Maison) -> None:
    """Pages of a row, what is asked of it, documents."""

    @routes.get("/e/{siren}/fiche/{nom}", response_class=HTMLResponse)
    def show_fiche(siren: str, nom: str, qui: Qui, cle: Textes = None) -> Response:
        acces, table = qui.find_table(siren, nom)
        fiche = read_fiche(maison, acces, table, cle or [])
        pourquoi = read_pourquoi(maison, acces, table, fiche.valeurs)
        suites = [
            (s, Adresse(siren, s.table, Demande(filtres={n: str(v) for n, v in s.filtres.items()})),
             list_rangees(siren, s.table, s.lignes, s.colonnes))
            for s in fiche.suites
        ]  # fmt: skip
        return render_page(
            "fiche.html", qui, siren, fiche=fiche, suites=suites, cle=cle, pourquoi=pourquoi,
            change=read_consequences(maison, fiche.valeurs) if nom == DEPOTS else None,
            ici=name_fiche(siren, table, cle or []),
        )  # fmt: skip

    @routes.get("/e/{siren}/document/{nom}")
    def download_document(siren: str, nom: str, qui: Qui) -> Response:
        acces, table = qui.find_table(siren, "fichiers_emis")
        octets, nature = read_document(maison, acces, table, nom)
        return _attach(octets, nom, nature)

    @routes.post("/e/{siren}/pourquoi/{nom}")
    def ask_why(
        requete: Request,
        siren: str,
        nom: str,
        qui: Qui,
        cle: Annotated[list[str] | None, Form()] = None,
        preuve: Champ = "",
    ) -> Response:
        check_origine(requete)
        check_preuve(qui, preuve)
        acces, table = qui.find_table(siren, nom)
        fiche = read_fiche(maison, acces, table, cle or [])
        ask_pourquoi(maison, acces, table, fiche.valeurs, requete.app.state.horloge())
        return RedirectResponse(f"{name_fiche(siren, table, cle or [])}#pourquoi", SEE_OTHER)


def add_favoris(routes: APIRouter, maison: Maison) -> None:
    """Lists that a user keeps at hand."""

    @routes.post("/e/{siren}/favoris")
    def keep(
        requete: Request, siren: str, qui: Qui,
        adresse: Champ = "", titre: Champ = "", preuve: Champ = "",
    ) -> Response:  # fmt: skip
        check_origine(requete)
        check_preuve(qui, preuve)
        qui.find(siren)
        if not adresse.startswith(f"/e/{siren}/"):
            raise Introuvable(ABSENT)
        with maison.moteur.begin() as connexion:
            change_favori(connexion, qui.utilisateur, adresse, titre)
        return RedirectResponse(adresse, SEE_OTHER)

    @routes.get("/favoris", response_class=HTMLResponse)
    def show_favoris(qui: Qui) -> Response:
        with maison.moteur.connect() as connexion:
            gardes = read_favoris(connexion, qui.utilisateur)
        lisibles = {a: t for a, t in gardes.items() if a.split("/")[2] in qui.acces}
        return render_page("favoris.html", qui, None, favoris=lisibles)


def _download(frame: pl.DataFrame, contrat: Contrat, forme: Format) -> Response:
    octets = render_table(frame, contrat, forme)
    return _attach(octets, f"{contrat.nom}.{forme}", forme.type_mime)


def _attach(octets: bytes, nom: str, nature: str) -> Response:
    mode = {"Content-Disposition": f'attachment; filename="{nom}"'}
    return Response(octets, media_type=nature, headers=mode)
