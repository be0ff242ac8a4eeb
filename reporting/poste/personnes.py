"""Companies, employees, deposits and lists as an operator reads them, each written first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reporting.colonnes import keep_main
from reporting.demande import Introuvable, parse_filtres
from reporting.espace.adresses import Rangee
from reporting.espace.filtres import list_champs, parse_champs
from reporting.espace.lecture import PAGE_MAX
from reporting.espace.visiteur import ABSENT
from reporting.lecture import read_contrat_publie, read_table, scan_table
from reporting.poste.cadre import note_consultation, render_page
from reporting.poste.operateur import Champ, Operateur, Qui, Signataire, is_nir
from reporting.poste.recherche import name_salarie, search
from reporting.valeurs import write_cellules
from specs.contrats import PLACES, Colonne, Contrat, Lecteur, contrats
from specs.espace import read_regles, read_themes
from warehouse.audit import list_actes
from warehouse.consultations import ACTION
from warehouse.journal import DepotInconnu, read_depot, read_etats
from warehouse.maison import Maison
from warehouse.registre import find_siren, read_adherents

SEE_OTHER = HTTPStatus.SEE_OTHER
CONSULTATIONS_MAX = 200
AUTRES = "Suivi de la caisse"
Textes = Annotated[list[str] | None, Query()]


@dataclass(frozen=True, slots=True)
class Compte:
    """How many rows of a table are about somebody, and the list of them."""

    table: str
    titre: str
    adresse: str
    nombre: int


def build_routes(maison: Maison) -> APIRouter:
    """The search, what it finds, the journal of who looked at whom."""
    routes = APIRouter()
    _add_recherche(routes, maison)
    _add_fiches(routes, maison)
    _add_listes(routes, maison)
    return routes


def _add_recherche(routes: APIRouter, maison: Maison) -> None:
    @routes.get("/recherche", response_class=HTMLResponse)
    def show_recherche(
        requete: Request, qui: Qui, q: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        return _show_trouves(maison, requete, qui, q)

    @routes.post("/recherche", response_class=HTMLResponse)
    def find(requete: Request, qui: Signataire, cherche: Champ = "") -> Response:
        """What is typed goes in no address: of a NIR, the next one tells its pseudonym."""
        if is_nir(cherche):
            note_consultation(requete, qui, "recherche par numéro de sécurité sociale")
            return RedirectResponse(f"/salarie/{name_salarie(maison, cherche)}", SEE_OTHER)
        return _show_trouves(maison, requete, qui, cherche)

    @routes.get("/consultations", response_class=HTMLResponse)
    def show_consultations(qui: Qui, auteur: str = "", objet: str = "") -> Response:
        with maison.moteur.connect() as connexion:
            lues = list_actes(connexion, ACTION, CONSULTATIONS_MAX, auteur.strip(), objet.strip())
        return render_page("consultations.html", qui, lues=lues, auteur=auteur, objet=objet)


def _show_trouves(maison: Maison, requete: Request, qui: Operateur, cherche: str) -> Response:
    """What a text names; the journal keeps it when it names something, and no other text."""
    trouves = search(maison, cherche)
    if cherche.strip():
        dit = f"recherche : {cherche.strip()}" if trouves else "recherche sans réponse"
        note_consultation(requete, qui, dit)
    return render_page("recherche.html", qui, cherche=cherche, trouves=trouves)


def _add_fiches(routes: APIRouter, maison: Maison) -> None:
    @routes.get("/entreprise/{siren}", response_class=HTMLResponse)
    def show_entreprise(requete: Request, siren: str, qui: Qui) -> Response:
        note_consultation(requete, qui, f"entreprise {siren[:20]}")
        with maison.moteur.connect() as connexion:
            lues = read_adherents(connexion).filter(siren=siren).to_dicts()
        if not lues:
            raise Introuvable(f"Aucune entreprise de ce SIREN : {siren[:20]}.")
        boite = lues[0]["numero_adherent"]
        comptes = [*_count(maison, "siren", siren), *_count(maison, "adherent", boite, {"depots"})]
        return render_page("entreprise.html", qui, entreprise=lues[0], groupes=_group(comptes))

    @routes.get("/salarie/{salarie}", response_class=HTMLResponse)
    def show_salarie(requete: Request, salarie: str, qui: Qui) -> Response:
        note_consultation(requete, qui, f"salarié {salarie[:40]}")
        filtre = {"salarie": salarie}
        lues = read_table(maison, "salaries", filtres=filtre, lecteur=Lecteur.EXPLOITANT)
        comptes = list(_count(maison, "salarie", salarie))
        if lues.is_empty() and not comptes:
            raise Introuvable("Aucun salarié publié n'a cet identifiant.")
        return render_page(
            "salarie.html", qui, salarie=salarie, employeurs=lues.to_dicts(), comptes_lus=comptes
        )

    @routes.get("/depot/{depot}", response_class=HTMLResponse)
    def show_depot(requete: Request, depot: str, qui: Qui) -> Response:
        note_consultation(requete, qui, f"dépôt {depot[:20]}")
        with maison.moteur.connect() as connexion:
            try:
                lu, etats = read_depot(connexion, depot), read_etats(connexion, depot)
            except DepotInconnu:
                raise Introuvable(ABSENT) from None
            siren = find_siren(connexion, lu.adherent)
        comptes = list(_count(maison, "depot", depot))
        return render_page(
            "depot.html", qui, depot=lu, etats=etats, siren=siren, comptes_lus=comptes
        )


def _add_listes(routes: APIRouter, maison: Maison) -> None:
    @routes.get("/liste", response_class=HTMLResponse)
    def show_tables(qui: Qui) -> Response:
        publiees = [contrat for contrat in contrats().values() if contrat.publie]
        return render_page("tables.html", qui, tables=publiees)

    @routes.get("/liste/{nom}", response_class=HTMLResponse)
    def show_liste(
        requete: Request,
        nom: str,
        qui: Qui,
        ou: Textes = None,
        page: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 1,
        large: bool = False,
    ) -> Response:
        contrat = read_contrat_publie(nom, Lecteur.EXPLOITANT)
        filtres = parse_filtres(ou or [])
        champs = parse_champs(contrat, requete.query_params)
        if champs is not None:
            return RedirectResponse(name_liste(nom, {**filtres, **champs}), SEE_OTHER)
        dits = ", ".join(f"{n} {v}" for n, v in filtres.items()) or "toutes les entreprises"
        note_consultation(requete, qui, f"liste {nom} : {dits}")
        lignes = read_table(maison, nom, filtres=filtres, lecteur=Lecteur.EXPLOITANT)
        longueur = read_regles().lignes_par_page
        toutes = contrat.with_colonnes(c for c in contrat.colonnes if c.nom not in PLACES)
        montrees = toutes if large else keep_main(toutes)
        return render_page(
            "liste.html", qui, contrat=toutes, montrees=montrees.colonnes, filtres=filtres,
            champs=list_champs(toutes), large=large,
            nombre=lignes.height, page=page, pages=max(1, -(-lignes.height // longueur)),
            rangees=_list_rangees(lignes.slice((page - 1) * longueur, longueur), montrees),
            adresse=lambda sans=None, autre=1, tout=large: name_liste(
                nom, {n: v for n, v in filtres.items() if n != sans}, autre, large=tout
            ),
        )  # fmt: skip


def name_liste(
    table: str, filtres: Mapping[str, str], page: int = 1, *, large: bool = False
) -> str:
    """The address of a list, of these rows alone; `large`: with all its columns."""
    demandes = [("ou", f"{nom}={valeur}") for nom, valeur in filtres.items()]
    if large:
        demandes.append(("large", "1"))
    if page > 1:
        demandes.append(("page", str(page)))
    return f"/liste/{table}?{urlencode(demandes)}" if demandes else f"/liste/{table}"


def _count(
    maison: Maison, colonne: str, valeur: str, tables: set[str] | None = None
) -> Iterator[Compte]:
    """Published tables that have rows about somebody; of `tables` alone when they are given."""
    for contrat in contrats().values():
        vues = {c.nom for c in contrat.seen_by(Lecteur.EXPLOITANT).colonnes}
        if not contrat.publie or colonne not in vues or (tables and contrat.nom not in tables):
            continue
        siennes = scan_table(maison, contrat.nom).filter(pl.col(colonne) == valeur)
        nombre = int(siennes.select(pl.len()).collect().item())
        if nombre:
            adresse = name_liste(contrat.nom, {colonne: valeur})
            yield Compte(contrat.nom, contrat.titre, adresse, nombre)


def _group(comptes: Sequence[Compte]) -> dict[str, list[Compte]]:
    """The counts by theme of the space, those of no theme last."""
    themes = {t.nom: theme.titre for theme in read_themes().values() for t in theme.tables}
    groupes: dict[str, list[Compte]] = {theme.titre: [] for theme in read_themes().values()}
    for compte in comptes:
        groupes.setdefault(themes.get(compte.table, AUTRES), []).append(compte)
    return {titre: lus for titre, lus in groupes.items() if lus}


def _list_rangees(lignes: pl.DataFrame, contrat: Contrat) -> Iterator[Rangee]:
    colonnes: Sequence[Colonne] = contrat.colonnes
    for ligne in lignes.iter_rows(named=True):
        yield Rangee(_find_fiche(ligne), None, list(write_cellules(ligne, colonnes)))


def _find_fiche(ligne: Mapping[str, Any]) -> str | None:
    """What a row leads to: its deposit, its employee, its company; None when it names none."""
    for nom, chemin in (("depot", "depot"), ("salarie", "salarie"), ("siren", "entreprise")):
        if ligne.get(nom):
            return f"/{chemin}/{ligne[nom]}"
    return None
