"""The sheets as a workbook to fill in or to read: formats, lists and help in the cells.

First row: titles in French, with their help as a note; second: the names of the fields, by which
the sheet is read; then one row a record. Numbers, dates and hours are true ones; a text is never a
formula. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from parsers.echanges.valeurs_xml import UNITE, is_nombre, places_of
from parsers.echanges.zones import REFUS
from pipelines.echanges.tableur.cellules import format_cellule, format_francais
from pipelines.echanges.tableur.contenu import Naturels
from pipelines.echanges.tableur.feuilles import Colonne, Feuille, list_feuilles
from pipelines.echanges.tableur.lisez_moi import list_paragraphes, read_titre
from pipelines.editique.tableaux_xlsx import OPTIONS
from specs.echanges import DECIMALES, ENTETE
from specs.pages import fit_page
from specs.typographie import printable

CREATION = datetime(2026, 1, 1)  # noqa: DTZ001 - a constant, so that bytes do not change
LIGNES_PREVUES = 2_000  # rows of a sheet that have lists and bounds before they are filled
EPOQUE = 1900  # workbooks have no date before
LISTES, LISEZ_MOI = "Listes", "Lisez-moi"
AIDE_MAX, TITRE_MAX, LISTE_MAX = 255, 32, 255  # characters, as workbooks bound them
PREMIERE = 2  # row of the first record, from 0
LARGEURS = (14, 32)
LARGEUR_PROSE, LARGEUR_ECRITE, HAUTEUR = 110, 90, 16  # of the first sheet; points
FORMATS = {
    "date": "dd/mm/yyyy",
    "mois": "mm/yyyy",
    "heure": "hh:mm",
    "instant": "dd/mm/yyyy hh:mm:ss",
}
NOMBRES = {0: "0", 2: "0.00", 4: "0.0000"}
STYLES: dict[str, dict[str, Any]] = {
    # quote_prefix shows a text as a text, even after it is edited: it can never become a formula.
    "texte": {"quote_prefix": True, "num_format": "@"},
    "unite": {"num_format": "General"},
    "obligatoire": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#dbe5f1"},
    "facultatif": {"text_wrap": True, "valign": "top", "bg_color": "#f4f6f9"},
    "nom": {"font_color": "#7f7f7f", "font_size": 8, "bottom": 1},
    "titre": {"bold": True, "font_size": 14, "font_color": "#1d3f66", "valign": "top"},
    "sous_titre": {"bold": True, "font_color": "#1d3f66", "valign": "bottom"},
    "paragraphe": {"text_wrap": True, "valign": "top"},
    **{nom: {"num_format": forme, "align": "left"} for nom, forme in FORMATS.items()},
    **{f"nombre{n}": {"num_format": forme} for n, forme in NOMBRES.items()},
}


def write_classeur(genre: str, contenu: Mapping[str, Naturels]) -> bytes:
    """The workbook of a kind: « Lisez-moi », then a sheet a record with these rows."""
    octets = BytesIO()
    with Workbook(octets, OPTIONS) as classeur:
        classeur.set_properties({"title": read_titre(genre), "created": CREATION})
        styles = {nom: classeur.add_format(style) for nom, style in STYLES.items()}
        styles |= {f"nombre{n}": classeur.add_format({"num_format": f}) for n, f in NOMBRES.items()}
        _write_lisez_moi(classeur.add_worksheet(LISEZ_MOI), genre, styles)
        feuilles = [(f, classeur.add_worksheet(f.nom)) for f in list_feuilles(genre)]
        listes = _Listes(classeur.add_worksheet(LISTES))
        for feuille, page in feuilles:
            _write_titles(page, feuille, styles)
            rangees = contenu.get(feuille.code, ())
            _prepare(page, feuille, len(rangees), listes, styles)
            for rang, rangee in enumerate(rangees, start=PREMIERE):
                for place, (naturel, colonne) in enumerate(
                    zip(rangee, feuille.colonnes, strict=True)
                ):
                    if naturel is not None:
                        _write_cellule(page, rang, place, naturel, colonne, styles)
    return octets.getvalue()


class _Listes:
    """The closed lists too long for a cell, one a column of a hidden sheet."""

    def __init__(self, page: Worksheet) -> None:
        self._page = page
        self._places: dict[tuple[str, ...], str] = {}
        page.hide()

    def source(self, choix: tuple[str, ...]) -> list[str] | str:
        """What a validation names: the codes, or where they are."""
        if len(",".join(choix)) <= LISTE_MAX:
            return list(choix)
        if choix not in self._places:
            colonne = len(self._places)
            self._page.write_column(0, colonne, choix)
            lettre = chr(ord("A") + colonne)
            self._places[choix] = f"={LISTES}!${lettre}$1:${lettre}${len(choix)}"
        return self._places[choix]


def _write_titles(page: Worksheet, feuille: Feuille, styles: Mapping[str, Format]) -> None:
    page.set_row(0, 4 * HAUTEUR)
    for place, colonne in enumerate(feuille.colonnes):
        style = "obligatoire" if colonne.champ.presence == "O" else "facultatif"
        page.write_string(0, place, colonne.titre, styles[style])
        page.write_comment(0, place, colonne.aide, {"x_scale": 2.5, "y_scale": 2})
        page.write_string(1, place, colonne.nom, styles["nom"])


def _prepare(
    page: Worksheet,
    feuille: Feuille,
    ecrites: int,
    listes: _Listes,
    styles: Mapping[str, Format],
) -> None:
    """Formats of whole columns; lists, bounds and help for the rows to fill."""
    derniere = PREMIERE if feuille.code == ENTETE else PREMIERE + max(LIGNES_PREVUES, ecrites)
    largeurs = [max(LARGEURS[0], min(LARGEURS[1], c.champ.longueur + 2)) for c in feuille.colonnes]
    fit_page(page, sum(largeurs), PREMIERE, feuille.nom)
    for place, (colonne, largeur) in enumerate(zip(feuille.colonnes, largeurs, strict=True)):
        page.set_column(place, place, largeur, styles[_style(colonne)])
        regle = _validation(colonne, listes) | {
            "input_title": colonne.titre[:TITRE_MAX],
            "input_message": _cut(colonne.aide),
            "error_title": "Valeur refusée",
            "error_message": f"{colonne.nom} : voir l'aide de la colonne.",
        }
        page.data_validation(PREMIERE, place, derniere, place, regle)


def _style(colonne: Colonne) -> str:
    champ = colonne.champ
    if champ.format in DECIMALES:
        return f"nombre{DECIMALES[champ.format]}"
    return champ.format if champ.format in (*FORMATS, UNITE) else "texte"


def _validation(colonne: Colonne, listes: _Listes) -> dict[str, Any]:
    """What a cell of the column admits."""
    champ = colonne.champ
    if colonne.choix:
        return {"validate": "list", "source": listes.source(colonne.choix)}
    if champ.format in DECIMALES:
        decimales = DECIMALES[champ.format]
        borne = Decimal(10 ** places_of(champ) - 1).scaleb(-decimales)
        minimum = -borne if champ.type == "S" else 0
        genre = "decimal" if decimales else "integer"
        bornes = {"minimum": minimum, "maximum": borne}
        return {"validate": genre, "criteria": "between", **bornes}
    if champ.format in ("date", "mois", "instant"):
        return {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
    if champ.format == "heure":
        return {
            "validate": "time",
            "criteria": "between",
            "minimum": time(),
            "maximum": time(23, 59),
        }
    if is_nombre(champ):
        return {"validate": "any"}
    return {"validate": "length", "criteria": "<=", "value": champ.longueur}


def _cut(aide: str) -> str:
    return aide if len(aide) <= AIDE_MAX else aide[: AIDE_MAX - 1] + "…"


def _write_cellule(
    page: Worksheet,
    rang: int,
    place: int,
    naturel: str,
    colonne: Colonne,
    styles: Mapping[str, Format],
) -> None:
    """What is not of its form is written as it came, as a text."""
    if naturel.startswith(REFUS):
        texte = printable(naturel.removeprefix(REFUS))
        page.write_string(rang, place, texte, styles["texte"])
        return
    style = styles[_style(colonne)]
    match format_cellule(naturel, colonne.champ):
        case Decimal() as nombre:
            page.write_number(rang, place, nombre, style)
        case date(year=annee) if annee < EPOQUE:
            page.write_string(rang, place, format_francais(naturel, colonne.champ), styles["texte"])
        case (date() | time()) as moment:
            page.write_datetime(rang, place, moment, style)
        case valeur:
            page.write_string(rang, place, printable(str(valeur)), style)


def _write_lisez_moi(page: Worksheet, genre: str, styles: Mapping[str, Format]) -> None:
    page.set_column(0, 0, LARGEUR_PROSE)
    page.hide_gridlines(2)
    page.fit_to_pages(1, 0)
    for rang, (style, texte) in enumerate(list_paragraphes(genre)):
        lignes = 1 + len(texte) // LARGEUR_ECRITE + (style != "paragraphe")
        page.set_row(rang, lignes * HAUTEUR)
        page.write_string(rang, 0, texte, styles[style])
