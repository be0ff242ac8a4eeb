"""What the reader of a kind of file gives back, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.metier import Extraction, Metier
from pipelines.recus import list_natures_fichier
from specs.contrats import codes_of

CONFORME, NON_CONFORME, ILLISIBLE = codes_of(
    "depots", "etat", "CONFORME", "NON_CONFORME", "ILLISIBLE"
)


@dataclass(frozen=True, slots=True)
class Bilan:
    """What the controls say of one file; counts are exact even when anomalies are grouped.

    `accepte`: whether the fund takes it; a file may be taken without its lines at fault.
    """

    fichier: int
    version: str | None
    essai: bool | None
    verdict: str
    lignes: int
    declarations: int
    anomalies_bloquantes: int
    anomalies_signalees: int
    nature: str
    accepte: bool


@dataclass(frozen=True, slots=True)
class Tete:
    """What a reader says of one file, but the number of its anomalies.

    `lignes`: None when it could not be read. `accepte`: whether the fund takes the file, when a
    blocking anomaly of a part of it does not refuse it whole; None when it does.
    """

    fichier: int
    nature: str
    version: str | None
    essai: bool | None
    lignes: int | None
    declarations: int = 0
    accepte: bool | None = None


@dataclass(frozen=True, slots=True)
class Lu:
    """Files of one kind, read together.

    `anomalies`: `parsers.anomalies.SCHEMA`. `tables`: rows of the tables of the lake that the kind
    fills, each with `fichier`; personal values are in clear in the columns that it says.
    """

    tetes: Sequence[Tete]
    anomalies: pl.DataFrame
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def list_extractions(metiers: Sequence[Metier]) -> tuple[Extraction, ...]:
    """What is kept of conforming DSN, in the order of the businesses."""
    return tuple(extraction for metier in metiers for extraction in metier.extractions)


def list_tables(metiers: Sequence[Metier]) -> tuple[str, ...]:
    """Tables of the lake that the reading of files fills."""
    natures = (table for nature in list_natures_fichier(metiers) for table in nature.tables)
    return (*natures, *(extraction.table for extraction in list_extractions(metiers)))
