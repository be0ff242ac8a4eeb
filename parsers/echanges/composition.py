"""Values to zones: an exchange file composed from typed rows, to be written in either form.

fichier = compose_fichier("DEC", entete, {"60": decomptes, "61": retenues})
octets = write_fixe(fichier)

Columns are fields in lower case, in the types that `valeurs` gives; one that is left out is blank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from parsers.echanges.totaux import render_totaux
from parsers.echanges.valeurs import ESPACES, is_typed
from parsers.echanges.zones import FIXE, RANG, TYPE, Fichier, colonne_of
from specs.echanges import (
    ENTETE,
    VERSION,
    Champ,
    Enregistrement,
    read_enveloppe,
    read_genres,
)

CHARTE = "ISO-8859-1"


class ValeurHorsZone(ValueError):  # noqa: N818 - named in French
    """A value that its field can't hold: the message names the record and the field, not it."""


def compose_rows(
    genre: str, entete: Mapping[str, Any], lignes: Iterable[tuple[str, Mapping[str, Any]]]
) -> Fichier:
    """A file from its records one after the other: code and values of each."""
    details: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rang, (code, valeurs) in enumerate(lignes):
        details[code].append({RANG: rang, **valeurs})
    enregistrements = read_genres()[genre].enregistrements
    return compose_fichier(
        genre,
        entete,
        {
            code: pl.DataFrame(rangees, _schema(enregistrements[code], _columns(rangees)))
            for code, rangees in details.items()
        },
    )


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
    propres = {"kind": genre, "version": VERSION, "charset": CHARTE}
    tete = pl.DataFrame(
        [{RANG: 1, **entete, **propres}],
        _schema(read_enveloppe(ENTETE), {RANG: 0, **entete, **propres}.keys()),
    )
    return Fichier(
        decrit,
        FIXE,
        _record(_zones(read_enveloppe(ENTETE), tete, tete[RANG])),
        render_totaux(decrit, zones),
        zones,
        total + 2,
    )


def _record(zones: pl.DataFrame) -> dict[str, str]:
    return {nom: zone for nom, zone in zones.drop(RANG).row(0, named=True).items() if zone}


def _schema(enregistrement: Enregistrement, colonnes: Iterable[str]) -> dict[str, pl.DataType]:
    """Types of the values of some columns."""
    types = {RANG: pl.Int64(), **{colonne_of(c): _type(c) for c in enregistrement.champs}}
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
