"""Values to zones: an exchange file composed from typed rows, to be written in either form.

fichier = compose_fichier("DEC", entete, {"60": decomptes, "61": retenues})
octets = write_fixe(fichier)

Columns are fields in lower case, in the types that `valeurs` gives; one that is left out is blank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import polars as pl

from parsers.echanges.totaux import render_totaux
from parsers.echanges.valeurs import ESPACES, is_typed
from parsers.echanges.zones import FIXE, PIECE, RANG, TYPE, Ensemble, Fichier, colonne_of
from specs.echanges import (
    ENTETE,
    VERSION,
    Champ,
    Enregistrement,
    read_enveloppe,
    read_genres,
)

CHARTE = "ISO-8859-1"
ECART = 1 << 32  # of the ranks of a file to those of the next one
Lignes = Iterable[tuple[str, Mapping[str, Any]]]  # code of a record, values by field


class ValeurHorsZone(ValueError):  # noqa: N818 - named in French
    """A value that its field can't hold: the message names the record and the field, not it."""


def compose_rows(genre: str, entete: Mapping[str, Any], lignes: Lignes) -> Fichier:
    """A file from its records one after the other: code and values of each."""
    return compose_fichier(genre, entete, gather_rows(genre, lignes))


def gather_rows(genre: str, lignes: Lignes) -> dict[str, pl.DataFrame]:
    """Records one after the other, by code, with their `rang`."""
    details: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rang, (code, valeurs) in enumerate(lignes):
        details[code].append({RANG: rang, **valeurs})
    enregistrements = read_genres()[genre].enregistrements
    return {
        code: pl.DataFrame(rangees, _schema(enregistrements[code], _columns(rangees)))
        for code, rangees in details.items()
    }


def compose_ensemble(genre: str, fichiers: Sequence[tuple[Mapping[str, Any], Lignes]]) -> Ensemble:
    """Files of one kind from their headers and records, as `compose_rows` makes each."""
    details: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rangs = count(1)
    for piece, (_, lignes) in enumerate(fichiers):
        for code, valeurs in lignes:
            details[code].append({RANG: next(rangs), PIECE: piece, **valeurs})
    enregistrements = read_genres()[genre].enregistrements
    frames = {code: _frame(enregistrements[code], rangees) for code, rangees in details.items()}
    return compose_blocs(genre, [entete for entete, _ in fichiers], frames)


def compose_blocs(
    genre: str, entetes: Sequence[Mapping[str, Any]], details: Mapping[str, pl.DataFrame]
) -> Ensemble:
    """Files of one kind from the values of their records, as `compose_fichier` makes each.

    `details`: by code, with `piece` and their `rang` in it.
    """
    decrit = read_genres()[genre]
    vide = pl.DataFrame(schema={RANG: pl.Int64, PIECE: pl.UInt32})
    zones = {}
    for e in decrit.details:
        frame = details.get(e.code, vide).sort(PIECE, RANG)
        frame = frame.with_columns(
            (pl.col(PIECE).cast(pl.Int64) * ECART + pl.col(RANG)).alias(RANG)
        )
        zones[e.code] = _zones(e, frame, frame[RANG]).with_columns(frame[PIECE])
    return Ensemble(decrit, _headers(genre, entetes), zones)


def _frame(enregistrement: Enregistrement, rangees: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    schema = _schema(enregistrement, _columns(rangees)) | {RANG: pl.Int64(), PIECE: pl.UInt32()}
    return pl.DataFrame(rangees, schema)


def _headers(genre: str, entetes: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The zones of headers, completed."""
    propres = {"kind": genre, "version": VERSION, "charset": CHARTE}
    ecrits = [{RANG: rang, **entete, **propres} for rang, entete in enumerate(entetes)]
    frame = pl.DataFrame(ecrits, _schema(read_enveloppe(ENTETE), _columns(ecrits)))
    zones = _zones(read_enveloppe(ENTETE), frame, frame[RANG]).drop(RANG)
    return [{n: zone for n, zone in bord.items() if zone} for bord in zones.iter_rows(named=True)]


def _columns(lignes: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Those of any of the rows, in the order in which they come."""
    return dict.fromkeys(nom for ligne in lignes for nom in ligne)


def compose_fichier(
    genre: str, entete: Mapping[str, Any], details: Mapping[str, pl.DataFrame]
) -> Fichier:
    """A file from the values of its records by code, whose `rang` gives their order in it.

    KIND, VERSION, CHARSET and the trailer are computed. ValeurHorsZone when a value is too long for
    its zone, negative where there is no sign, or of no field.
    """
    decrit = read_genres()[genre]
    total = sum(len(frame) for frame in details.values())
    rangs = [frame.select(RANG, code=pl.lit(code)) for code, frame in details.items()]
    ordre = pl.concat(rangs or [pl.DataFrame(schema={RANG: pl.Int64, "code": pl.String})])
    ordre = ordre.sort(RANG).with_columns(nouveau=pl.int_range(2, total + 2, dtype=pl.Int64))
    zones = {
        e.code: _zones(
            e,
            details.get(e.code, pl.DataFrame(schema={RANG: pl.Int64})),
            ordre.filter(code=e.code)["nouveau"],
        )
        for e in decrit.details
    }
    return Fichier(
        decrit,
        FIXE,
        _headers(genre, [entete])[0],
        render_totaux(decrit, zones),
        zones,
        total + 2,
    )


def _schema(enregistrement: Enregistrement, colonnes: Iterable[str]) -> dict[str, pl.DataType]:
    """Types of the values of some columns."""
    types = {
        RANG: pl.Int64(),
        PIECE: pl.UInt32(),
        **{colonne_of(c): _type(c) for c in enregistrement.champs},
    }
    if inconnues := [nom for nom in colonnes if nom not in types]:
        raise ValeurHorsZone(f"{enregistrement.code} : {', '.join(inconnues)}")
    return {nom: types[nom] for nom in colonnes}


def _type(champ: Champ) -> pl.DataType:
    if champ.format == "date":
        return pl.Date()
    return pl.Int64() if is_typed(champ) and champ.format != "mois" else pl.String()


def _zones(enregistrement: Enregistrement, valeurs: pl.DataFrame, rangs: pl.Series) -> pl.DataFrame:
    """The zones of values in their order, under new ranks; see `zones.schema_of`."""
    _schema(enregistrement, valeurs.columns)
    champs = [c for c in enregistrement.champs if c.nom != TYPE]
    zones = (
        valeurs.sort(RANG)
        .select(rangs.alias(RANG), *(_written(c, valeurs).alias(colonne_of(c)) for c in champs))
        .with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
    )
    negatifs = zones.select(
        pl.col(colonne_of(c) for c in champs if c.type == "N").str.contains("-", literal=True).any()
    )
    for nom, faux in negatifs.row(0, named=True).items() if negatifs.width else ():
        if faux:
            raise ValeurHorsZone(f"{enregistrement.code} {nom.upper()}")
    return zones


def _written(champ: Champ, valeurs: pl.DataFrame) -> pl.Expr:
    nom = colonne_of(champ)
    if nom not in valeurs.columns or champ.format == ESPACES:
        return pl.lit(None, pl.String)
    valeur = pl.col(nom)
    if champ.format == "date":
        return valeur.dt.strftime("%Y%m%d")
    if champ.format == "mois":
        return valeur.str.replace("-", "", literal=True)
    if champ.type == "S":
        chiffres = valeur.abs().cast(pl.String).str.zfill(champ.longueur - 1)
        return chiffres + pl.when(valeur < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    if is_typed(champ):
        return valeur.cast(pl.String).str.zfill(champ.longueur)
    return valeur.cast(pl.String)
