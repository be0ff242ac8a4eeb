"""Exchange files that the fund sends of its own: who is given them, their header, their form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from parsers.echanges.composition import compose_fichier
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.zones import RANG, XML, Fichier
from pipelines.echanges.reponses.formes import FORMES, INSTANT, LOGICIEL
from specs.contrats import codes_of
from specs.echanges import read_genres
from warehouse.maison import Maison

(ANET,) = codes_of("conventions", "nature", "ANET")
REEL = "R"
NUMEROS = 10_000


def find_conventions(conventions: pl.DataFrame, jour: date, genre: str) -> pl.DataFrame:
    """The convention that each company may be given the kind under: siren (key), convention.

    `conventions`: contract of this name. The main one must hold too.
    """
    tient = (pl.col("debut") <= jour) & (pl.col("fin").is_null() | (pl.col("fin") >= jour))
    actives = conventions.filter(tient)
    anet = actives.filter(pl.col("nature") == ANET)
    propre = read_genres()[genre].convention
    permises = actives.filter(pl.col("nature") == propre).join(anet, on="siren", how="semi")
    dernieres = permises.sort("debut", "convention").unique("siren", keep="last")
    return dernieres.select("siren", "convention")


def read_formes(maison: Maison, sirens: pl.Series) -> dict[str, str]:
    """The form that the last real file of each of these companies asks its answers in."""
    lus = maison.lac.read("envois_lus").filter(
        pl.col("siren").is_in(sirens.implode()), pl.col("mode") == REEL, pl.col("conforme")
    )
    demandee = pl.col("format_retour").replace_strict(FORMES, default=None)
    derniers = (
        lus.sort("numero_depot")
        .group_by("siren")
        .agg(pl.coalesce(demandee, "forme").last().alias("forme"))
    )
    return dict(derniers.select("siren", "forme").collect().iter_rows())


def compose_entete(
    genre: str, siren: str, convention: str, date_arrete: date, publication: int
) -> Mapping[str, Any]:
    """The header: the night and its publication name the file, not the clock."""
    return {
        "mode": REEL,
        "convention": convention,
        "siren": siren,
        "file_id": f"{genre}-{date_arrete:%Y%m%d}-{publication:04}",
        "created": date_arrete.strftime(INSTANT),
        "operation": "N",
        "software": LOGICIEL,
    }


def draw_sortant(
    genre: str, fichier: Fichier, entete: Mapping[str, Any], forme: str | None, numero: int
) -> Iterator[tuple[str, bytes]]:
    """The file under the name of its kind, in the form that its company asks for.

    `numero`: what tells it from the others of its kind of the night.
    """
    cree_le, convention = entete["created"], entete["convention"]
    nom = f"{genre}_{REEL}_{convention}_{cree_le}_{numero % NUMEROS:04}"
    if forme == XML:
        yield f"{nom}.xml", write_xml(fichier)
    else:
        yield f"{nom}.txt", write_fixe(fichier)


def draw_lignes(
    genre: str,
    bloc: str,
    entete: Mapping[str, Any],
    lignes: pl.DataFrame,
    forme: str | None,
    numero: int,
) -> Iterator[tuple[str, bytes]]:
    """The file of these records of one block, in their order; see `draw_sortant`."""
    details = lignes.with_row_index(RANG).cast({RANG: pl.Int64})
    fichier = compose_fichier(genre, entete, {bloc: details})
    yield from draw_sortant(genre, fichier, entete, forme, numero)
