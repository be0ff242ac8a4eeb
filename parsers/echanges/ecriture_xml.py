"""An exchange file written in XML: canonical values, one record a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter

import polars as pl

from parsers.echanges.composition import ValeurHorsZone
from parsers.echanges.totaux import render_tous_totaux
from parsers.echanges.valeurs_xml import format_zone, list_elements
from parsers.echanges.xml import RACINE
from parsers.echanges.zones import PIECE, RANG, Ensemble, Fichier, alone, colonne_of, frame_of
from specs.echanges import CONTROLE, ENTETE, ESPACE, VERSION, Enregistrement, Genre

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_ECHAPPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def write_xml(fichier: Fichier) -> bytes:
    """The file in XML, whatever the form that it was read from; its totals are computed again.

    Raises:
        ValeurHorsZone: of no known kind, or a zone is not of its form (record and field are told).
    """
    if fichier.genre is None or fichier.entete is None:
        raise ValeurHorsZone("fichier sans genre ou sans en-tête")
    seul = Ensemble(fichier.genre, [fichier.entete], alone(fichier.enregistrements))
    (octets,) = write_xmls(seul)
    return octets


def write_xmls(ensemble: Ensemble) -> list[bytes]:
    """The files in XML; ValeurHorsZone as `write_xml` does, for any of them."""
    genre = ensemble.genre
    totaux = render_tous_totaux(genre, ensemble.enregistrements, len(ensemble.entetes))
    entetes = _write_bords(genre.enregistrements[ENTETE], ensemble.entetes)
    controles = _write_bords(genre.enregistrements[CONTROLE], totaux)
    racine = f'<{RACINE} xmlns="{ESPACE}" kind="{genre.nom}" version="{VERSION}">'
    details = dict(_write_details(genre, ensemble.enregistrements))
    return [
        "\n".join(
            [DECLARATION, racine, entete, *details.get(piece, ()), controle, f"</{RACINE}>\n"]
        ).encode()
        for piece, (entete, controle) in enumerate(zip(entetes, controles, strict=True))
    ]


def _write_bords(enregistrement: Enregistrement, zones: Sequence[Mapping[str, str]]) -> list[str]:
    """The header, or the trailer, of each file."""
    frame = frame_of(enregistrement, zones, range(1, len(zones) + 1))
    frame = frame.with_columns(pl.lit(0, pl.UInt32).alias(PIECE))
    return [
        f"{texte}</{enregistrement.element}>" for texte in _fill(enregistrement, frame)["texte"]
    ]


def _write_details(
    genre: Genre, zones: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[int, list[str]]]:
    """The lines of the records of each file that has some, by its rank."""
    details = {e.code: e for e in genre.details}
    frames = [
        _fill(e, zones[code]).with_columns(pl.lit(code).alias("code"))
        for code, e in details.items()
    ]
    ordonnes = pl.concat(frames).sort(PIECE, RANG).drop(RANG)
    for piece, siens in groupby(ordonnes.iter_rows(), key=itemgetter(0)):
        yield piece, list(_list_lines(details, siens))


def _list_lines(
    details: Mapping[str, Enregistrement], ecrits: Iterable[tuple[int, str, str]]
) -> Iterator[str]:
    """A line a record; the end of a holder is on the line of the last record that it holds."""
    ligne = ouvert = ""
    for _, texte, code in ecrits:
        fin = f"</{details[code].element}>"
        if ligne:
            yield ligne if details[code].dans else ligne + ouvert
        if details[code].dans:
            ligne = texte + fin
        else:
            ligne, ouvert = texte, fin
    if ligne:
        yield ligne + ouvert


def _fill(enregistrement: Enregistrement, zones: pl.DataFrame) -> pl.DataFrame:
    """piece, rang, texte: the opening tag and the fields of each record."""
    formes, texte = _expressions(enregistrement)
    ecrites = zones.select(PIECE, RANG, *formes)
    connues = zones.select(ecrites.columns)
    if ecrites.null_count().row(0) != connues.null_count().row(0):
        _refuse_lost(enregistrement, ecrites, connues)
    return ecrites.select(PIECE, RANG, texte)


def _refuse_lost(
    enregistrement: Enregistrement, ecrites: pl.DataFrame, zones: pl.DataFrame
) -> None:
    """ValeurHorsZone on the first field that has a zone and no text."""
    for champ in list_elements(enregistrement):
        nom = colonne_of(champ)
        perdue = ecrites[nom].is_null() & zones[nom].is_not_null()
        if perdue.any():
            rang = zones[RANG].filter(perdue)[0]
            raise ValeurHorsZone(f"enregistrement {rang}, zone {champ.nom} : pas de sa forme")


@cache
def _expressions(enregistrement: Enregistrement) -> tuple[tuple[pl.Expr, ...], pl.Expr]:
    """The text of each field, then that of the record."""
    champs = list_elements(enregistrement)
    elements = [_element(colonne_of(champ)) for champ in champs]
    debut = pl.lit(f"<{enregistrement.element}>")
    texte = pl.concat_str(debut, *elements).alias("texte")
    return tuple(map(format_zone, champs)), texte


def _element(nom: str) -> pl.Expr:
    """The element of a field, or nothing."""
    texte = pl.col(nom).str.replace_many(_ECHAPPES)
    return (f"<{nom}>" + texte + f"</{nom}>").fill_null("")
