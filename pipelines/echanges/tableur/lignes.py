"""From the tables of a spreadsheet to the records of a file: columns by their titles, then rows.

What has no place in the file is told, never left out: a sheet or a column that no record has, a
value under no title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.echanges.tableur.cellules import Cellule, parse_cellule
from pipelines.echanges.tableur.feuilles import Feuille, list_feuilles
from pipelines.echanges.tableur.tables import Rangee, Remarques, Tables
from specs.echanges import Champ, read_genres

TITRES_MAX = 10  # rows among which the titles are looked for


@dataclass(slots=True)
class Ligne:
    """A record as a sheet holds it: where, and what XML would write of its fields."""

    feuille: Feuille
    numero: int
    valeurs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Feuilles:
    """The rows of a spreadsheet by code of record; `genre` is None when no sheet tells it."""

    genre: str | None
    lignes: Mapping[str, list[Ligne]]


def find_genre(tables: Tables) -> str | None:
    """The kind whose sheets are there: the one that has the most of them."""
    noms = {_plain(nom) for nom in tables}
    comptes = {
        nom: sum(e.element in noms for e in genre.details) for nom, genre in read_genres().items()
    }
    genre = max(comptes, key=lambda nom: comptes[nom])
    return genre if comptes[genre] else None


def read_feuilles(tables: Tables, remarques: Remarques) -> Feuilles:
    """The records of the sheets; what has no place in them (F035) goes to `remarques`."""
    genre = find_genre(tables)
    if genre is None:
        remarques.add("F035", "genre")
        return Feuilles(None, {})
    connues = {feuille.nom: feuille for feuille in list_feuilles(genre)}
    lignes: dict[str, list[Ligne]] = {feuille.code: [] for feuille in connues.values()}
    for nom, rangees in tables.items():
        feuille = connues.get(_plain(nom))
        if feuille is not None:
            lignes[feuille.code] += _read_sheet(feuille, rangees, remarques)
        elif rangees:
            remarques.add("F035", "feuille", nom, attendu=", ".join(connues))
    return Feuilles(genre, lignes)


def _read_sheet(
    feuille: Feuille, rangees: Sequence[Rangee], remarques: Remarques
) -> Iterator[Ligne]:
    """The rows under the titles that hold something."""
    connus = {colonne.nom: colonne.champ for colonne in feuille.colonnes}
    # A title in French may be the name of a field too (« Mode »): the row that has most of them.
    place, titres = max(
        ((n, _titles(r, connus)) for n, r in enumerate(rangees[:TITRES_MAX])),
        key=lambda trouve: len(trouve[1]),
        default=(0, {}),
    )
    if not titres:
        if rangees:
            remarques.add("F035", "titres", feuille.nom)
        return
    _check_titles(feuille, rangees[place], titres, remarques)
    for rangee in rangees[place + 1 :]:
        valeurs: dict[str, str] = {}
        for n, cellule in enumerate(rangee.cellules):
            if n in titres:
                valeur = parse_cellule(cellule, titres[n])
                valeurs |= {} if valeur is None else {titres[n].nom.lower(): valeur}
            elif _is_written(cellule):
                remarques.add("F035", "sans_titre", feuille.nom, rangee.numero)
        if valeurs:
            yield Ligne(feuille, rangee.numero, valeurs)


def _titles(rangee: Rangee, connus: Mapping[str, Champ]) -> dict[int, Champ]:
    """Fields by their place, in a row of titles."""
    noms = {n: str(cellule).strip().upper() for n, cellule in enumerate(rangee.cellules)}
    return {n: connus[nom] for n, nom in noms.items() if nom in connus}


def _check_titles(
    feuille: Feuille, rangee: Rangee, titres: Mapping[int, Champ], remarques: Remarques
) -> None:
    """Titles of no field, and fields that have several columns."""
    vus: set[str] = set()
    for place, cellule in enumerate(rangee.cellules):
        titre = str(cellule).strip()
        if place in titres:
            if titres[place].nom in vus:
                remarques.add("F035", "double", feuille.nom, rangee.numero, titre)
            vus.add(titres[place].nom)
        elif _is_written(cellule):
            remarques.add("F035", "colonne", feuille.nom, rangee.numero, titre)


def _is_written(cellule: Cellule) -> bool:
    return cellule is not None and str(cellule).strip() != ""


def _plain(nom: str) -> str:
    return nom.strip().lower()
