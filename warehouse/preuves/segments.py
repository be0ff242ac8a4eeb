"""What the base gained between two publications, in one fingerprint a table.

A row of these tables never changes, save columns left out here; its rank only grows. Each segment
is what came after the one before: a row changed, added or taken away afterwards shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, func, select

from warehouse.metadonnees import METADATA
from warehouse.tables_sql import DEPOTS, FICHIERS_LAC

OUVERT, FERME = "ouvert", "ferme"  # of a row of the registry: the imports that made and ended it
NUMEROTEES = (
    "decisions", "imports_registre", "nuits", "publications", "publication_versions", "audit",
    "cles_publications", "purges",
)  # fmt: skip
# What a control, or a purge, says later of a row is not of its segment.
RECUES = ("numero", "depot", "adherent", "nom", "sha256", "octets", "recu_le")
FICHIERS = ("publication", "nom_table", "chemin", "sha256", "octets")


@dataclass(frozen=True, slots=True)
class Suivie:
    """A table that is followed: the column of its rank, those that never change."""

    table: Table
    rang: Column[int]
    colonnes: tuple[Column[object], ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """The last rank of a segment, the fingerprint of its rows."""

    jusqu_a: int
    empreinte: str


def list_suivies() -> Iterator[Suivie]:
    """Every table that is followed, by name."""
    for table in sorted(METADATA.tables.values(), key=lambda t: t.name):
        if OUVERT in table.c:
            yield _follow(table, OUVERT, [c.name for c in table.c if c.name != FERME])
        elif table.name in NUMEROTEES:
            rang = "rang" if "rang" in table.c else "numero"
            yield _follow(table, rang, [c.name for c in table.c])
        elif table is DEPOTS:
            yield _follow(table, "numero", RECUES)
        elif table is FICHIERS_LAC:
            yield _follow(table, "publication", FICHIERS)


def compute_segments(
    c: Connection, depuis: Mapping[str, int], jusqu_a: Mapping[str, int] | None = None
) -> dict[str, Segment]:
    """A segment a table, from after the rank `depuis` (none: the first) to the last one.

    `jusqu_a`: to these ranks instead, of the tables that it names alone.
    """
    return {
        suivie.table.name: _compute(c, suivie, depuis.get(suivie.table.name, 0), jusqu_a)
        for suivie in list_suivies()
        if jusqu_a is None or suivie.table.name in jusqu_a
    }


def _follow(table: Table, rang: str, noms: list[str] | tuple[str, ...]) -> Suivie:
    return Suivie(table, table.c[rang], tuple(table.c[nom] for nom in noms))


def _compute(
    c: Connection, suivie: Suivie, depuis: int, jusqu_a: Mapping[str, int] | None
) -> Segment:
    if jusqu_a is None:
        dernier = c.scalar(select(func.max(suivie.rang))) or 0
    else:
        dernier = jusqu_a[suivie.table.name]
    cle = [suivie.table.c[colonne.name] for colonne in suivie.table.primary_key]
    lues = select(*suivie.colonnes).where(suivie.rang > depuis, suivie.rang <= dernier)
    condense = hashlib.sha256()
    for ligne in c.execute(lues.order_by(suivie.rang, *cle)):
        condense.update(json.dumps(list(ligne), default=str, ensure_ascii=False).encode())
        condense.update(b"\n")
    return Segment(dernier, condense.hexdigest())
