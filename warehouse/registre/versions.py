"""Versions of the rows: each opened by an import, closed by the one that corrects it.

numero = record_import(c, sha256=..., auteur=..., motif=..., instant=..., forme="csv")
replace_rows(c, ADHERENTS, [adherent], numero)
c.execute(select(at(ADHERENTS, numero - 1)))  # as it stood before
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
from sqlalchemy import Connection, Subquery, Table, bindparam, func, insert, select, update

from warehouse.tables_registre import IMPORTS_REGISTRE

OUVERT = "ouvert"
VUES_GARDEES = 256


@lru_cache(VUES_GARDEES)
def at(table: Table, version: int | None = None) -> Subquery:
    """Rows of a table as the import `version` left the registry; None: as they stand.

    Kept: a night asks the same of every shard, and making the request costs more than its rows.
    """
    ouvertes = table.c.ferme.is_(None)
    lues = select(table).where(ouvertes)
    if version is not None:
        alors = (table.c.ouvert <= version) & (ouvertes | (table.c.ferme > version))
        lues = select(table).where(alors)
    return lues.subquery(table.name)


def read_version(c: Connection) -> int:
    """Number of the last import; 0 before the first one."""
    return c.scalar(select(func.max(IMPORTS_REGISTRE.c.numero))) or 0


def read_imports(c: Connection) -> pl.DataFrame:
    """Every import: numero (key and order), instant, auteur, motif, sha256 of its file.

    Import 0 is what the registry held before its imports were kept; it has no file.
    """
    noms = ("numero", "instant", "auteur", "motif", "sha256")
    requete = select(*(IMPORTS_REGISTRE.c[nom] for nom in noms)).order_by(noms[0])
    schema = {nom: pl.String() if nom != "numero" else pl.Int64() for nom in noms}
    return pl.DataFrame(c.execute(requete).all(), schema=schema, orient="row")


def record_import(
    c: Connection,
    *,
    sha256: str,
    auteur: str,
    motif: str,
    instant: str,
    forme: str,
    nom_table: str | None = None,
) -> int:
    """Write who imports the file `sha256` of the archive, when (UTC, ISO) and why; its number.

    `forme`, `nom_table`: how it is read. The caller is the only writer of the registry.
    """
    numero = read_version(c) + 1
    acte = {"sha256": sha256, "auteur": auteur, "motif": motif, "instant": instant}
    lecture = {"forme": forme, "nom_table": nom_table}
    c.execute(insert(IMPORTS_REGISTRE).values(numero=numero, **acte, **lecture))
    return numero


def replace_rows(
    c: Connection, table: Table, rangees: Sequence[Mapping[str, Any]], numero: int
) -> None:
    """Open these rows at the import `numero`; those of the same keys are closed."""
    close_rows(c, table, rangees, numero)
    propres = [{nom: v for nom, v in r.items() if nom in table.columns} for r in rangees]
    if propres:
        c.execute(insert(table), [rangee | {OUVERT: numero} for rangee in propres])


def close_rows(
    c: Connection, table: Table, rangees: Sequence[Mapping[str, Any]], numero: int
) -> None:
    """End the open rows of the same keys as these at the import `numero`."""
    cle = [colonne for colonne in table.primary_key if colonne.name != OUVERT]
    ouverte = table.c.ferme.is_(None)
    ordre = update(table).where(ouverte, *(col == bindparam(f"de_{col.name}") for col in cle))
    valeurs = [{f"de_{col.name}": rangee[col.name] for col in cle} for rangee in rangees]
    if valeurs:
        c.execute(ordre.values(ferme=numero), valeurs)
