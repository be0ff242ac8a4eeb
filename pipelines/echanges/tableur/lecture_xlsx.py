"""A workbook (XLSX), read without ever running or guessing anything.

Formulas are refused, since their result is not in the file as a person typed it. The archive is
bounded before it is opened: entries, size, ratio.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from pipelines.echanges.tableur.tables import LIGNES_MAX, Rangee, Tables, TableurIllisible
from specs.echanges import OCTETS_MAXIMUM, RAPPORT_MAXIMUM

ENTREES_MAX = 1_000
COLONNES_MAX = 100
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # old workbooks, and those with a password, are OLE
FORMULE = "f"
ANNEXES = ("lisez-moi", "listes")  # sheets that hold no data


def is_classeur(octets: bytes) -> bool:
    """Whether the bytes begin as a workbook does, of this format or of the old one."""
    return octets.startswith((ZIP, OLE))


def read_classeur(octets: bytes) -> Tables:
    """The cells of each sheet.

    Raises:
        TableurIllisible: not a workbook, too large, of the old format, with a formula.
    """
    _check_archive(octets)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():  # styles and extensions that openpyxl leaves out
            warnings.simplefilter("ignore")
            classeur = load_workbook(BytesIO(octets), read_only=True, keep_links=False)
            return {
                feuille.title: list(_rows(feuille))
                for feuille in classeur.worksheets
                if feuille.title.strip().lower() not in ANNEXES
            }
    except TableurIllisible:
        raise
    except Exception as erreur:  # openpyxl raises of everything on a file that is not its own
        raise TableurIllisible("F033") from erreur


def _check_archive(octets: bytes) -> None:
    if octets.startswith(OLE):
        raise TableurIllisible("F033", "ancien")
    try:
        entrees = ZipFile(BytesIO(octets)).infolist()
    except (BadZipFile, ValueError, NotImplementedError) as erreur:
        raise TableurIllisible("F033") from erreur
    noms = {entree.filename for entree in entrees}
    total = sum(entree.file_size for entree in entrees)
    borne = min(2 * OCTETS_MAXIMUM, RAPPORT_MAXIMUM * len(octets))
    if len(noms) < len(entrees) or len(entrees) > ENTREES_MAX or total > borne:
        raise TableurIllisible("F033", "bornes")


def _rows(feuille: Any) -> Iterator[Rangee]:  # noqa: ANN401 - openpyxl is not typed
    """Rows that hold something."""
    rangees = feuille.iter_rows(max_col=COLONNES_MAX)
    for rang, cellules in enumerate(islice(rangees, LIGNES_MAX + 1)):
        if rang == LIGNES_MAX:
            raise TableurIllisible("F033", "bornes")
        for cellule in cellules:
            if cellule.data_type == FORMULE:
                lieu = {"bloc": feuille.title, "ligne": cellule.row, "valeur": cellule.coordinate}
                raise TableurIllisible("F034", **lieu)
        if any(cellule.value is not None for cellule in cellules):
            numero = next(c.row for c in cellules if c.value is not None)
            yield Rangee(numero, [cellule.value for cellule in cellules])
