"""The models of a kind: workbook or CSV to fill in, schema of its XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from parsers.echanges.xsd import build_xsd
from pipelines.echanges.tableur.ecriture_csv import write_csv
from pipelines.echanges.tableur.ecriture_xlsx import write_classeur
from pipelines.echanges.tableur.feuilles import list_feuilles
from specs.echanges import ENTETE, read_genres

XSD = ".xsd"
ECRITURES: Mapping[str, Callable[..., bytes]] = {".xlsx": write_classeur, ".csv": write_csv}
# What a first file is: a test, new, made by hand.
DEPART = {"MODE": "T", "OPERATION": "N", "SOFTWARE": "Classeur"}


def list_genres(forme: str) -> tuple[str, ...]:
    """Kinds that have a model under this suffix: those that a company sends, or all in XSD."""
    if forme == XSD:
        return tuple(read_genres())
    entrants = (nom for nom, genre in read_genres().items() if genre.entrant)
    return tuple(entrants) if forme in ECRITURES else ()


def write_modele(nom: str, forme: str) -> bytes:
    """The model of a kind under a suffix; KeyError when there is none."""
    if forme == XSD:
        return build_xsd(nom)
    entete = next(feuille for feuille in list_feuilles(nom) if feuille.code == ENTETE)
    depart = [DEPART.get(colonne.nom) for colonne in entete.colonnes]
    return ECRITURES[forme](nom, {ENTETE: [depart]})
