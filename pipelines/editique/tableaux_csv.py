"""The first table of a document for spreadsheets: CSV that a French Excel opens without a question.

UTF-8 with its byte order mark, `;`, decimal comma, CRLF. The rows, a row « Total » when there is
one, then « Publication » with its number and « Empreinte » with the SHA-256 of every byte before
that row. A text cell that a spreadsheet would run as a formula is preceded by an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from io import StringIO

from pipelines.editique.tableaux import Cellule, Tableau, Tableaux
from specs.typographie import format_decimal, printable

FORMULES = ("=", "+", "-", "@")


def render_csv(document: Tableaux) -> bytes:
    """The first table as CSV; the same document always gives the same bytes."""
    octets = _write_corps(document, document.tableaux[:1])
    return octets + _write_rows([["Empreinte", sha256(octets).hexdigest()]]).encode()


def compute_empreinte(document: Tableaux) -> str:
    """SHA-256 of every table written as CSV: that of the CSV itself when there is only one."""
    return sha256(_write_corps(document, document.tableaux)).hexdigest()


def neutralise_formule(texte: str) -> str:
    """`texte` on one line, that no spreadsheet takes for a formula, spaces in front or not."""
    cellule = printable(texte)
    return f"'{cellule}" if cellule.lstrip().startswith(FORMULES) else cellule


def _write_corps(document: Tableaux, tableaux: Sequence[Tableau]) -> bytes:
    tables = "".join(_write_tableau(tableau) for tableau in tableaux)
    publication = _write_rows([["Publication", str(document.publication)]])
    return (tables + publication).encode("utf-8-sig")


def _write_tableau(tableau: Tableau) -> str:
    colonnes = tableau.table.colonnes
    types = [colonne.type for colonne in colonnes]
    rangees = [*tableau.lignes, *([tableau.ligne_total] if tableau.total else [])]
    lignes = [list(map(_format_cellule, types, rangee)) for rangee in rangees]
    return _write_rows([[colonne.entete for colonne in colonnes], *lignes])


def _format_cellule(nature: str, cellule: Cellule) -> str:
    match nature, cellule:
        case _, None:
            return ""
        case "centimes" | "centiemes", int():
            return format_decimal(cellule)
        case "ppm", int():
            return _format_pourcent(cellule)
        case "date", date():
            return f"{cellule:%d/%m/%Y}"
        case "mois", str():
            annee, numero = cellule.split("-")
            return f"{numero}/{annee}"
        case _:
            return neutralise_formule(str(cellule))


def _format_pourcent(taux_ppm: int) -> str:
    """202000 -> « 20,2000 »: four decimals, exact for any rate in parts per million."""
    entier, reste = divmod(taux_ppm, 10_000)
    return f"{entier},{reste:04d}"


def _write_rows(lignes: Sequence[Sequence[str]]) -> str:
    sortie = StringIO(newline="")
    csv.writer(sortie, delimiter=";", lineterminator="\r\n").writerows(lignes)
    return sortie.getvalue()
