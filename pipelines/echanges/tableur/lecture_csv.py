"""A spreadsheet as CSV: one file, the tables of the records one after the other.

The first cell of each row names its record (`demande`, `jour`…); the first row of a record gives
its titles, the others its values. UTF-8 or the encoding of French Windows, `;`, tabulation or `,`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from pipelines.echanges.tableur.cellules import Cellule, denature, is_formule
from pipelines.echanges.tableur.tables import LIGNES_MAX, Rangee, Tables, TableurIllisible

SEPARATEURS = ";\t,"
COLONNES_MAX = 100


def read_csv(octets: bytes) -> Tables:
    """The cells of each table, by name of record.

    Raises:
        TableurIllisible: not a text, too large, with a formula.
    """
    texte = _decoded(octets)
    tete = texte.lstrip().split("\n", 1)[0]
    separateur = max(SEPARATEURS, key=tete.count)
    tables: dict[str, list[Rangee]] = {}
    for numero, cellules in _rows(texte, separateur):
        nom = cellules[0].strip()
        tables.setdefault(nom, []).append(Rangee(numero, _checked(nom, numero, cellules[1:])))
    return tables


def _decoded(octets: bytes) -> str:
    for codage in ("utf-8-sig", "cp1252"):
        try:
            texte = octets.decode(codage)
        except UnicodeDecodeError:
            continue
        if "\0" not in texte:
            return texte
    raise TableurIllisible("F033", "texte")


def _rows(texte: str, separateur: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, under their number."""
    lecteur = csv.reader(StringIO(texte, newline=""), delimiter=separateur, strict=True)
    try:
        for cellules in lecteur:
            if lecteur.line_num > LIGNES_MAX or len(cellules) > COLONNES_MAX:
                raise TableurIllisible("F033", "bornes")
            if any(cellule.strip() for cellule in cellules):
                yield lecteur.line_num, cellules
    except csv.Error as erreur:
        raise TableurIllisible("F033", "texte", ligne=lecteur.line_num) from erreur


def _checked(nom: str, numero: int, cellules: list[str]) -> list[Cellule]:
    """The texts, without the apostrophe that makes them texts."""
    for cellule in cellules:
        if is_formule(cellule):
            raise TableurIllisible("F034", bloc=nom, ligne=numero)
    return [denature(cellule) or None for cellule in cellules]
