"""The dictionary of the published tables: for programs, and as pages."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from reporting.api.modeles import ColonneDite, TableDite
from reporting.lecture import read_contrat_publie
from reporting.rendu import render
from specs.contrats import CLASSES, PLACES, Contrat, Lecteur, contrats
from specs.contrats.page import UNITES


def read_publiees() -> Sequence[Contrat]:
    """Contracts of the published tables, with the columns that somebody reads."""
    return [read_publiee(nom) for nom, contrat in contrats().items() if contrat.publie]


def read_publiee(nom: str) -> Contrat:
    """The same of one table; Introuvable when none has this name."""
    contrat = read_contrat_publie(nom, Lecteur.EXPLOITANT)
    return contrat.with_colonnes(c for c in contrat.colonnes if c.nom not in PLACES)


def describe_table(contrat: Contrat) -> TableDite:
    """A table as its contract tells it."""
    return TableDite(
        table=contrat.nom,
        titre=contrat.titre,
        cle=list(contrat.cle),
        colonnes=[
            ColonneDite(
                colonne=colonne.nom,
                titre=colonne.titre,
                type=colonne.type,
                unite=UNITES[colonne.type],
                classe=colonne.classe,
                nul=colonne.nul,
                valeurs=dict(colonne.valeurs),
            )
            for colonne in contrat.colonnes
        ],
    )


def add_pages(routes: APIRouter) -> None:
    """A page of the tables, a page a table; what they say is of nobody's."""

    @routes.get("/dictionnaire", response_class=HTMLResponse, include_in_schema=False)
    def show_dictionnaire() -> str:
        tables = [describe_table(contrat) for contrat in read_publiees()]
        return render("api/dictionnaire.html", tables=tables, classes=CLASSES)

    @routes.get("/dictionnaire/{table}", response_class=HTMLResponse, include_in_schema=False)
    def show_table(table: str) -> str:
        return render("api/table.html", table=describe_table(read_publiee(table)))
