"""Exchange files that the fund sends of its own: who is given them, their header, their form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

import polars as pl

from parsers.echanges.composition import compose_blocs
from parsers.echanges.zones import FIXE, PIECE, RANG
from pipelines.echanges.reponses.formes import ECRITURES, FORMES, INSTANT, LOGICIEL, SUFFIXES
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.publication.nuit import Nuit
from specs.contrats import codes_of
from specs.echanges import read_genres
from warehouse.maison import Maison

(ANET,) = codes_of("conventions", "nature", "ANET")
REEL = "R"
NUMEROS = 10_000
ENSEMBLE = 500  # files written together


@dataclass(frozen=True, slots=True)
class Sortant:
    """A file for the box `adherent`: its header, its records by code with their `rang` in it.

    `forme`: the one that its company asks for, fixed when it asks for none; `numero`: what tells it
    from the others of its kind of the night; `cdg`: the management centre that it is about.
    """

    adherent: str
    entete: Mapping[str, Any]
    details: Mapping[str, pl.DataFrame]
    forme: str | None
    numero: int
    cdg: str | None = None


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


def compose_sortant(
    genre: str,
    nuit: Nuit,
    qui: tuple[str, str, str],
    details: Mapping[str, pl.DataFrame],
    forme: str | None,
) -> Sortant:
    """The one file of a kind that a night gives a company; `qui`: its box, SIREN, convention."""
    adherent, siren, convention = qui
    entete = compose_entete(genre, siren, convention, nuit.date_arrete, nuit.numero)
    return Sortant(adherent, entete, details, forme, nuit.numero)


def compose_lettres_sortants(genre: str, sortants: Iterable[Sortant]) -> Iterator[Lettre]:
    """The letter of each file, in their order, under the name of the kind.

    Files are written together: small frames cost what a large one does.
    """
    for lot in _cut(sortants):
        for sortant, fichier in zip(lot, _write(genre, lot), strict=True):
            yield Lettre(sortant.adherent, partial(iter, (fichier,)), cdg=sortant.cdg)


def rank_lignes(bloc: str, lignes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Records of one block, in their order, as the details of a file."""
    return {bloc: lignes.with_row_index(RANG).cast({RANG: pl.Int64})}


def _cut(sortants: Iterable[Sortant]) -> Iterator[list[Sortant]]:
    restent = iter(sortants)
    while lot := list(islice(restent, ENSEMBLE)):
        yield lot


def _write(genre: str, lot: Sequence[Sortant]) -> list[Fichier]:
    ecrits: dict[int, Fichier] = {}
    for forme, write in ECRITURES.items():
        rangs = [n for n, sortant in enumerate(lot) if (sortant.forme or FIXE) == forme]
        if rangs:
            siens = [lot[n] for n in rangs]
            ensemble = compose_blocs(genre, [s.entete for s in siens], _gather(siens))
            noms = (f"{_name(genre, sortant)}.{SUFFIXES[forme]}" for sortant in siens)
            ecrits |= zip(rangs, zip(noms, write(ensemble), strict=True), strict=True)
    return [ecrits[n] for n in range(len(lot))]


def _gather(sortants: Sequence[Sortant]) -> dict[str, pl.DataFrame]:
    details: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for piece, sortant in enumerate(sortants):
        for code, frame in sortant.details.items():
            details[code].append(frame.with_columns(pl.lit(piece, pl.UInt32).alias(PIECE)))
    return {code: pl.concat(frames, how="diagonal") for code, frames in details.items()}


def _name(genre: str, sortant: Sortant) -> str:
    cree_le, convention = sortant.entete["created"], sortant.entete["convention"]
    return f"{genre}_{REEL}_{convention}_{cree_le}_{sortant.numero % NUMEROS:04}"
