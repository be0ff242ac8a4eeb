"""An exchange file written in XML: canonical values, one record a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import polars as pl

from parsers.echanges.composition import ValeurHorsZone
from parsers.echanges.totaux import render_totaux
from parsers.echanges.valeurs_xml import format_zone, list_elements
from parsers.echanges.xml import RACINE
from parsers.echanges.zones import RANG, Fichier, colonne_of, frame_of
from specs.echanges import CONTROLE, ENTETE, ESPACE, VERSION, Enregistrement, Genre

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_ECHAPPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def write_xml(fichier: Fichier) -> bytes:
    """The file in XML, whatever the form that it was read from; its totals are computed again.

    Raises:
        ValeurHorsZone: of no known kind, or a zone is not of its form (record and field are told).
    """
    genre = fichier.genre
    if genre is None or fichier.entete is None:
        raise ValeurHorsZone("fichier sans genre ou sans en-tête")
    totaux = render_totaux(genre, fichier.enregistrements)
    lignes = [
        DECLARATION,
        f'<{RACINE} xmlns="{ESPACE}" kind="{genre.nom}" version="{VERSION}">',
        _write_bord(genre.enregistrements[ENTETE], fichier.entete, 1),
        *_write_details(genre, fichier.enregistrements),
        _write_bord(genre.enregistrements[CONTROLE], totaux, fichier.nombre),
        f"</{RACINE}>\n",
    ]
    return "\n".join(lignes).encode()


def _write_bord(enregistrement: Enregistrement, zones: Mapping[str, str], rang: int) -> str:
    """The header or the trailer."""
    frame = frame_of(enregistrement, [zones], [rang])
    return f"{_fill(enregistrement, frame)['texte'][0]}</{enregistrement.element}>"


def _write_details(genre: Genre, zones: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """A line a record; the end of a holder is on the line of the last record that it holds."""
    details = {e.code: e for e in genre.details}
    frames = [
        _fill(e, zones[code]).with_columns(pl.lit(code).alias("code"))
        for code, e in details.items()
    ]
    ligne = ouvert = ""
    for _, texte, code in pl.concat(frames).sort(RANG).iter_rows():
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
    """rang, texte: the opening tag and the fields of each record."""
    formes, texte = _expressions(enregistrement)
    ecrites = zones.select(RANG, *formes)
    connues = zones.select(ecrites.columns)
    if ecrites.null_count().row(0) != connues.null_count().row(0):
        _refuse_lost(enregistrement, ecrites, connues)
    return ecrites.select(RANG, texte)


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
