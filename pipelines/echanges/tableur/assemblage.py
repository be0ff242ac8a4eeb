"""The rows of a spreadsheet put in the order of a file: each with the one that it goes with.

A held row goes with the row of its holder whose keys it repeats, all of them or those that it
gives; the others are filled in. Rows that share a key (the stops and the employees of a
declaration) come together, in the order of the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from parsers.echanges.composition import CHARTE
from parsers.echanges.totaux import render_totaux
from parsers.echanges.valeurs_xml import parse_zone
from parsers.echanges.zones import RANG, TYPE, XML, Fichier, schema_of
from pipelines.echanges.tableur.lignes import Feuilles, Ligne, read_feuilles
from pipelines.echanges.tableur.tables import Remarques, Tables
from specs.echanges import ENTETE, VERSION, Enregistrement, Genre, read_genres

LOGICIEL = "Caisse, tableur"
Cle = tuple[str | None, ...]
Portees = dict[int, list[Ligne]]  # held rows by the identity of the row that holds them


@dataclass(frozen=True, slots=True)
class LectureTableur:
    """A file read from a spreadsheet; None when something has no place in it (`anomalies`).

    `lieux`: sheet and row of each record, by its number.
    """

    fichier: Fichier | None
    anomalies: pl.DataFrame
    lieux: Mapping[int, tuple[str, int]]


def assemble_fichier(numero: int, tables: Tables, instant: str) -> LectureTableur:
    """The file of the sheets; `instant` (Paris, AAAAMMJJHHMMSS) is its creation when blank."""
    remarques, portees = Remarques(), Portees()
    lues = read_feuilles(tables, remarques)
    if lues.genre is not None:
        _check_entete(lues, remarques)
        _attach(read_genres()[lues.genre], lues, portees, remarques)
    refus = remarques.frame(numero)
    if len(refus) or lues.genre is None:
        return LectureTableur(None, refus, {})
    genre = read_genres()[lues.genre]
    details = list(enumerate(_ordered(genre, lues, portees), start=2))
    zones = {e.code: _zones(e, details) for e in genre.details}
    entete = lues.lignes[ENTETE]
    fichier = Fichier(
        genre,
        XML,
        _header(genre, entete[0], instant),
        render_totaux(genre, zones),
        zones,
        len(details) + 2,
    )
    places = [(1, entete[0]), *details]
    lieux = {rang: (ligne.feuille.nom, ligne.numero) for rang, ligne in places}
    return LectureTableur(fichier, refus, lieux)


def _check_entete(lues: Feuilles, remarques: Remarques) -> None:
    entetes = lues.lignes[ENTETE]
    if len(entetes) != 1:
        remarques.add("F035", "entete", "entete", valeur=str(len(entetes)))


def _attach(genre: Genre, lues: Feuilles, portees: Portees, remarques: Remarques) -> None:
    """Put each held row in `portees`, its keys filled in; F036 without one holder, and only one."""
    for enregistrement in genre.details:
        if not enregistrement.dans:
            continue
        porteurs = _Porteurs(enregistrement, lues.lignes[enregistrement.dans])
        for ligne in lues.lignes[enregistrement.code]:
            trouves = porteurs.find(ligne)
            if len(trouves) != 1:
                variante = "plusieurs" if trouves else "aucun"
                ou = genre.enregistrements[enregistrement.dans].element
                remarques.add("F036", variante, ligne.feuille.nom, ligne.numero, attendu=ou)
                continue
            liens = {lien: trouves[0].valeurs.get(lien) for lien in porteurs.liens}
            ligne.valeurs |= {nom: valeur for nom, valeur in liens.items() if valeur is not None}
            portees.setdefault(id(trouves[0]), []).append(ligne)


class _Porteurs:
    """The rows that hold those of a record, found by the keys that these give."""

    def __init__(self, enregistrement: Enregistrement, lignes: Sequence[Ligne]) -> None:
        self.liens = [lien.lower() for lien in enregistrement.liens]
        self._lignes = list(
            {self._key(ligne, self.liens): ligne for ligne in reversed(lignes)}.values()
        )
        self._index: dict[tuple[str, ...], dict[Cle, list[Ligne]]] = {}

    def find(self, ligne: Ligne) -> Sequence[Ligne]:
        """Those whose keys are the ones given; of rows that share all of them, the first."""
        donnes = tuple(lien for lien in self.liens if lien in ligne.valeurs)
        if donnes not in self._index:
            index: dict[Cle, list[Ligne]] = {}
            for porteur in self._lignes:
                index.setdefault(self._key(porteur, donnes), []).append(porteur)
            self._index[donnes] = index
        return self._index[donnes].get(self._key(ligne, donnes), ())

    @staticmethod
    def _key(ligne: Ligne, liens: Sequence[str]) -> Cle:
        return tuple(ligne.valeurs.get(lien) for lien in liens)


def _ordered(genre: Genre, lues: Feuilles, portees: Portees) -> Iterator[Ligne]:
    """Every record, each followed by those that it holds."""
    tetes = [e for e in genre.details if not e.dans]
    cle = tetes[0].cle if len({e.cle for e in tetes}) == 1 < len(tetes) else ()
    groupes: dict[Cle, list[Ligne]] = {}
    for enregistrement in tetes:
        for ligne in lues.lignes[enregistrement.code]:
            valeurs = tuple(ligne.valeurs.get(nom.lower()) for nom in cle)
            groupes.setdefault(valeurs, []).append(ligne)
    for lignes in groupes.values():
        for ligne in lignes:
            yield ligne
            yield from portees.get(id(ligne), ())


def _zones(enregistrement: Enregistrement, details: Sequence[tuple[int, Ligne]]) -> pl.DataFrame:
    """The zones of the records of a type, under their numbers."""
    siens = [(rang, ligne) for rang, ligne in details if ligne.feuille.code == enregistrement.code]
    schema = schema_of(enregistrement)
    rangees = [[rang, *map(ligne.valeurs.get, schema.names()[1:])] for rang, ligne in siens]
    brut = pl.DataFrame(rangees, schema, orient="row")
    champs = [champ for champ in enregistrement.champs if champ.nom != TYPE]
    return brut.select(RANG, *map(parse_zone, champs))


def _header(genre: Genre, ligne: Ligne, instant: str) -> dict[str, str]:
    """Zones of the header: those that may be left blank, those that are written, the form's own."""
    zones = _zones(genre.enregistrements[ENTETE], [(1, ligne)]).drop(RANG).row(0, named=True)
    connues = {nom: zone for nom, zone in zones.items() if zone is not None}
    seules = {"created": instant, "file_id": f"{genre.nom}-{instant}", "software": LOGICIEL}
    propres = {"kind": genre.nom, "version": VERSION, "charset": CHARTE}
    return seules | connues | propres
