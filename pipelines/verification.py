"""Control of any file by all that the fund does, without any state (`caisse verifier`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from pipelines.controle.lecture import Lecture, read_fichiers
from pipelines.metier import find
from pipelines.metiers import METIERS
from pipelines.recus import Recu, find_nature, list_natures_fichier
from specs.octets import Octets
from warehouse.instants import format_instant


def verify_fichiers(
    fichiers: Iterable[tuple[int, Octets]],
    adherent: str | None = None,
    noms: Mapping[int, str] | None = None,
) -> Lecture:
    """Read and check files, each under its number; `adherent`: the box that they came from.

    `noms`: their names, by number. They are judged as received now.
    """
    instant = format_instant(datetime.now(UTC))
    recus = (Recu(n, octets, (noms or {}).get(n, ""), adherent, instant) for n, octets in fichiers)
    return read_fichiers(recus, METIERS)


def find_corrections(
    recu: Recu, nature: str, anomalies: pl.DataFrame
) -> list[dict[str, Any] | None]:
    """What a machine may put right in a file of this kind: by anomaly, what its reader says."""
    lue = find_nature(list_natures_fichier(METIERS), recu)
    if lue is None or not lue.corrige:
        return [None] * len(anomalies)
    trouvees: list[dict[str, Any] | None] = find(lue.corrige)(recu, nature, anomalies)
    return trouvees
