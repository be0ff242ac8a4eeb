"""The zones of an exchange file: what both of its forms give, and what one set of controls judges.

A zone is the text of a field as the fixed form writes it (digits without point, sign last, dates
AAAAMMJJ), without its final blanks; null when it is blank, or when XML has no element for it. Texts
keep the characters of the file: `œ` stays `œ`.

What XML writes and no zone of the type can hold (`12,5` for cents, `20260113` for a date, an empty
element, a text longer than its zone) is kept as written after `REFUS`, which no file can hold: it
is told F013 by the controls, as any other zone that is not of its form. Codes, `chiffres`, SIREN,
SIRET and years are kept as written, whatever their width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from specs.echanges import Champ, Enregistrement, Genre

FIXE, XML = "fixe", "xml"
FORMES = (FIXE, XML)
RANG = "rang"
PIECE = "piece"  # of files read or written together, which one a record is of (from 0)
TYPE = "TYPE"  # its zone is the code of the record
REFUS = "\0"


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file that was read, before its controls.

    `genre`: None when the kind is not known (`enregistrements` is then empty). `entete`,
    `controle`: zones of the header and trailer by column (`colonne_of`), blank ones left out; None
    when there is none, which the reader tells (F010). `enregistrements`: by code of record, a frame
    of `schema_of` for each detail record of the kind, without a row when the file has none, in the
    order of the file. `nombre`: records, header and trailer included, so the record number of the
    trailer. `fin_de_ligne`: of every record (XML: LF). `empreinte`: the SHA-256 that HASH has to be
    (XML, which has no HASH: None).
    """

    genre: Genre | None
    forme: str
    entete: Mapping[str, str] | None
    controle: Mapping[str, str] | None
    enregistrements: Mapping[str, pl.DataFrame]
    nombre: int
    fin_de_ligne: bytes = b"\n"
    empreinte: str | None = None


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Files of one kind to be written together: small frames cost what a large one does.

    `entetes`: zones of each header. `enregistrements`: as those of `Fichier`, with `piece`; `rang`
    gives their order in each.
    """

    genre: Genre
    entetes: Sequence[Mapping[str, str]]
    enregistrements: Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class LectureZones:
    """What a reader gives: `fichier` is None when it can't be read (a step from 1 to 3, no header).

    `anomalies` (`parsers.anomalies.SCHEMA`): those of the first step that fails. Those of step 4
    (structure) leave a file of which the header can still be judged.
    """

    fichier: Fichier | None
    anomalies: pl.DataFrame


def colonne_of(champ: Champ) -> str:
    """Column, or key, that holds the zones of a field."""
    return champ.nom.lower()


def schema_of(enregistrement: Enregistrement) -> pl.Schema:
    """Columns of the zones of a record: `rang` (record number, header = 1), then its fields.

    TYPE, the same in all of them, has no column; FILLER has one, null in XML. A field that XML
    leaves out because it repeats the holder's (`liens`) takes the zone of the holder.
    """
    zones = {colonne_of(c): pl.String for c in enregistrement.champs if c.nom != TYPE}
    return pl.Schema({RANG: pl.Int64, **zones})


def alone(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The records of one file, with `piece`."""
    seule = pl.lit(0, pl.UInt32).alias(PIECE)
    return {code: frame.with_columns(seule) for code, frame in frames.items()}


def frame_of(
    enregistrement: Enregistrement, zones: Sequence[Mapping[str, str]], rangs: Sequence[int]
) -> pl.DataFrame:
    """Headers or trailers as the frame of their records, from their zones by column."""
    schema = schema_of(enregistrement)
    cellules = {nom: [z.get(nom) for z in zones] for nom in schema if nom != RANG}
    return pl.DataFrame({RANG: rangs} | cellules, schema)
