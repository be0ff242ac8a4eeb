"""The tables of a document as a workbook (XLSX): a sheet each, then the sheet « Publication ».

Amounts, rates, hours, months and dates are true numbers and dates, shown the French way; a text is
never a formula. The creation date is the decision date, so that the same document gives the same
bytes. The last sheet says what the document is, its publication and the fingerprint of its tables
(that of the CSV when there is only one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.editique.tableaux import Cellule, Tableau, Tableaux
from pipelines.editique.tableaux_csv import compute_empreinte
from specs.pages import fit_page
from specs.periodes import Mois
from specs.typographie import printable

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
# quote_prefix shows a text as a text, even after it is edited: it can never become a formula.
STYLES: dict[str, dict[str, object]] = {
    "texte": {"quote_prefix": True, "num_format": "@"},
    "mois": {"num_format": "mm/yyyy", "align": "left"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left"},
    "entier": {"num_format": "#,##0"},
    "centimes": {"num_format": "#,##0.00\\ €;[Red]\\-#,##0.00\\ €"},
    "centiemes": {"num_format": "#,##0.00"},
    "ppm": {"num_format": "0.00##\\ %"},
}
ENTETE = {
    "bold": True, "font_color": "#1d3f66", "bg_color": "#f4f6f9", "text_wrap": True,
    "valign": "vcenter", "bottom": 2, "bottom_color": "#1d3f66",
}  # fmt: skip
TOTAL = {"bold": True, "bg_color": "#f4f6f9", "top": 1, "top_color": "#1d3f66"}
DECIMALES = {"centimes": 2, "centiemes": 2, "ppm": 6}
HAUTEUR_ENTETE = 32
LARGEUR_PUBLICATION = (22, 70)


def render_xlsx(document: Tableaux) -> bytes:
    """The document as a workbook; the same document always gives the same bytes."""
    octets = BytesIO()
    with Workbook(octets, OPTIONS) as classeur:
        creation = datetime.combine(document.date_arrete, time())
        classeur.set_properties(
            {"title": document.modele.titre, "author": "CNETP", "created": creation}
        )
        styles = {nature: classeur.add_format(style) for nature, style in STYLES.items()}
        totaux = {nature: classeur.add_format(s | TOTAL) for nature, s in STYLES.items()}
        entete = classeur.add_format(ENTETE)
        for tableau in document.tableaux:
            feuille = classeur.add_worksheet(tableau.table.titre)
            _lay_out(feuille, tableau, document.modele.titre)
            feuille.write_row(0, 0, [c.entete for c in tableau.table.colonnes], entete)
            _write_lignes(feuille, tableau, tableau.lignes, 1, styles)
            if tableau.total:
                dernier = len(tableau.lignes) + 1
                _write_lignes(feuille, tableau, [tableau.ligne_total], dernier, totaux)
        _write_publication(classeur, document, styles["texte"], entete)
    return octets.getvalue()


def _lay_out(feuille: Worksheet, tableau: Tableau, titre: str) -> None:
    """Header filtered, widths of the layout, pages as wide as the table."""
    feuille.set_row(0, HAUTEUR_ENTETE)
    feuille.autofilter(0, 0, max(len(tableau.lignes), 1), len(tableau.table.colonnes) - 1)
    for place, colonne in enumerate(tableau.table.colonnes):
        feuille.set_column(place, place, colonne.largeur)
    largeur = sum(colonne.largeur for colonne in tableau.table.colonnes)
    fit_page(feuille, largeur, 1, f"{titre} · {tableau.table.titre}")


def _write_lignes(
    feuille: Worksheet,
    tableau: Tableau,
    lignes: Sequence[Sequence[Cellule]],
    premiere: int,
    styles: Mapping[str, Format],
) -> None:
    types = [colonne.type for colonne in tableau.table.colonnes]
    for rang, ligne in enumerate(lignes, start=premiere):
        for place, (nature, cellule) in enumerate(zip(types, ligne, strict=True)):
            _write_cellule(feuille, rang, place, nature, cellule, styles[nature])


def _write_cellule(
    feuille: Worksheet, rang: int, place: int, nature: str, cellule: Cellule, style: Format
) -> None:
    match nature, cellule:
        case _, None:
            feuille.write_blank(rang, place, None, style)
        case _, int():
            nombre = Decimal(cellule).scaleb(-DECIMALES.get(nature, 0))
            feuille.write_number(rang, place, nombre, style)
        case _, date():
            feuille.write_datetime(rang, place, cellule, style)
        case "mois", str():
            feuille.write_datetime(rang, place, Mois.parse(cellule).first_day, style)
        case _:
            feuille.write_string(rang, place, printable(str(cellule)), style)


def _write_publication(
    classeur: Workbook, document: Tableaux, texte: Format, entete: Format
) -> None:
    feuille = classeur.add_worksheet("Publication")
    paires = (
        ("Document", document.modele.titre),
        *document.identite,
        ("Arrêté au", f"{document.date_arrete:%d/%m/%Y}"),
        ("Publication", str(document.publication)),
        ("Empreinte", compute_empreinte(document)),
    )
    for place, largeur in enumerate(LARGEUR_PUBLICATION):
        feuille.set_column(place, place, largeur)
    fit_page(feuille, sum(LARGEUR_PUBLICATION), 0, document.modele.titre)
    for rang, (nom, valeur) in enumerate(paires):
        feuille.write_string(rang, 0, nom, entete)
        feuille.write_string(rang, 1, printable(valeur), texte)
