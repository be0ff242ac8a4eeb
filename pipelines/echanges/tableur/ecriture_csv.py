"""The sheets as one CSV file that a French spreadsheet opens, the tables one after the other.

UTF-8 with its byte order mark, `;`, decimal comma, CRLF; the first cell of a row names its record.
A text that a spreadsheet would run as a formula is preceded by an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO

from parsers.echanges.valeurs_xml import is_nombre
from parsers.echanges.zones import REFUS
from pipelines.echanges.tableur.cellules import format_francais, neutralise
from pipelines.echanges.tableur.contenu import Naturels
from pipelines.echanges.tableur.feuilles import list_feuilles
from specs.echanges import Champ


def write_csv(genre: str, contenu: Mapping[str, Naturels]) -> bytes:
    """The tables of a kind, each under its titles."""
    sortie = StringIO(newline="")
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    for feuille in list_feuilles(genre):
        champs = [colonne.champ for colonne in feuille.colonnes]
        ecrivain.writerow([feuille.nom, *(champ.nom for champ in champs)])
        for rangee in contenu.get(feuille.code, ()):
            cellules = map(_cell, rangee, champs)
            ecrivain.writerow([feuille.nom, *cellules])
    return sortie.getvalue().encode("utf-8-sig")


def _cell(naturel: str | None, champ: Champ) -> str:
    if naturel is None:
        return ""
    if naturel.startswith(REFUS):
        return neutralise(naturel.removeprefix(REFUS))
    ecrit = format_francais(naturel, champ)
    return ecrit if is_nombre(champ) else neutralise(ecrit)
