"""A table as a workbook (XLSX): French titles, amounts in euros, rates in percent, real dates.

The creation date is fixed, so that the same table gives the same bytes.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reporting.demande import DemandeRefusee
from reporting.valeurs import ANNEE, nature_of
from specs.contrats import Contrat
from specs.pages import fit_page
from specs.typographie import format_entier

LIGNES_MAX = 1_048_575  # 2^20 rows of a sheet, minus the header
LARGEUR_MIN, LARGEUR_MAX = 10, 60
CREATION = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)

# A text stays a text; one row at a time is kept in memory, whatever the size of the table.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
# quote_prefix shows a text as a text, even after it is edited: it can never become a formula.
STYLES = {
    "texte": {"quote_prefix": True},
    "mois": {"quote_prefix": True},
    "booleen": {},
    "entier": {"num_format": "#,##0"},
    ANNEE: {"num_format": "0"},
    "centimes": {"num_format": "#,##0.00\\ €"},
    "ppm": {"num_format": "0.00##\\ %"},
    "centiemes": {"num_format": "#,##0.00"},
    "date": {"num_format": "dd/mm/yyyy"},
}
DECIMALES = {"centimes": 2, "ppm": 6, "centiemes": 2}


def render_classeur(frame: pl.DataFrame, contrat: Contrat) -> bytes:
    """Write a table as a workbook of one sheet.

    Raises:
        DemandeRefusee: more rows than a sheet can hold.
    """
    if frame.height > LIGNES_MAX:
        raise DemandeRefusee(
            f"Un classeur ne peut pas contenir {format_entier(frame.height)} lignes : "
            "filtrer la table ou choisir csv ou parquet."
        )
    octets = io.BytesIO()
    with xlsxwriter.Workbook(octets, OPTIONS) as classeur:
        classeur.set_properties({"title": contrat.titre, "created": CREATION})
        feuille = classeur.add_worksheet(contrat.nom[:31])
        titres = classeur.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        styles = [classeur.add_format(STYLES[nature_of(colonne)]) for colonne in contrat.colonnes]
        _lay_out(feuille, frame, contrat)
        feuille.write_row(0, 0, [colonne.titre for colonne in contrat.colonnes], titres)
        natures = [colonne.type for colonne in contrat.colonnes]
        for rang, valeurs in enumerate(frame.iter_rows(), start=1):
            cellules = map(_cellule, valeurs, natures)
            for place, (cellule, style) in enumerate(zip(cellules, styles, strict=True)):
                feuille.write(rang, place, cellule, style)
    return octets.getvalue()


def _lay_out(feuille: Worksheet, frame: pl.DataFrame, contrat: Contrat) -> None:
    """Filter the header, give each column the width of its longest text, print them on a page."""
    feuille.autofilter(0, 0, max(frame.height, 1), len(contrat.colonnes) - 1)
    largeurs = [_measure(frame[colonne.nom]) for colonne in contrat.colonnes]
    for place, largeur in enumerate(largeurs):
        feuille.set_column(place, place, largeur)
    fit_page(feuille, sum(largeurs), 1, contrat.titre)


def _measure(colonne: pl.Series) -> int:
    longueur = colonne.cast(pl.String).str.len_chars().max()
    largeur = longueur + 2 if isinstance(longueur, int) else LARGEUR_MIN
    return min(max(largeur, LARGEUR_MIN), LARGEUR_MAX)


def _cellule(valeur: object, nature: str) -> object:
    """Value of a cell: amounts in euros, rates as fractions, booleans as words."""
    match valeur:
        case bool():
            return "oui" if valeur else "non"
        case int():
            return Decimal(valeur).scaleb(-DECIMALES.get(nature, 0))
        case _:
            return valeur
