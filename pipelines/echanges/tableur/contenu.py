"""The rows of each sheet, from the zones of a file: what XML writes of each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from parsers.echanges.valeurs_xml import format_zone
from parsers.echanges.zones import REFUS, Fichier, colonne_of, frame_of
from pipelines.echanges.tableur.feuilles import Feuille, list_feuilles
from specs.echanges import ENTETE, Champ

Naturels = Sequence[Sequence[str | None]]  # rows; after `REFUS`, what is not of its form


def list_naturels(fichier: Fichier) -> Mapping[str, Naturels]:
    """By code of record, in the order of the file and of the columns of the sheet.

    KeyError for a file of no known kind.
    """
    if fichier.genre is None:
        raise KeyError("genre")
    return {feuille.code: _rows(feuille, fichier) for feuille in list_feuilles(fichier.genre.nom)}


def _rows(feuille: Feuille, fichier: Fichier) -> Naturels:
    if feuille.code == ENTETE:
        zones = frame_of(feuille.enregistrement, [fichier.entete or {}], [1])
    else:
        zones = fichier.enregistrements[feuille.code]
    return zones.select(map(_natural, (c.champ for c in feuille.colonnes))).rows()


def _natural(champ: Champ) -> pl.Expr:
    zone = pl.col(colonne_of(champ))
    fausse = pl.lit(REFUS) + zone.str.strip_prefix(REFUS)
    return pl.coalesce(format_zone(champ), fausse)
