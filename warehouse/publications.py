"""Publications: which Delta version of each table readers see.

A publication is one row and its pinned versions, written in one transaction and never changed:
readers see a whole one or the previous one. Going back is a new publication of old versions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select

from specs.contrats import read_contrat, schema_polars
from warehouse.apercu import LacApercu
from warehouse.instants import paris_day
from warehouse.lac import Lac
from warehouse.moteur import lock_writers
from warehouse.points_arret import crashpoint
from warehouse.remises import Remise, owe
from warehouse.tables_sql import PUBLICATION_VERSIONS, PUBLICATIONS, PUBLICATIONS_RETIREES

if TYPE_CHECKING:
    from warehouse.maison import Maison


def _gardee() -> ColumnElement[bool]:
    return PUBLICATIONS.c.numero.not_in(select(PUBLICATIONS_RETIREES.c.numero))


# A publication and its versions, one a row: asked hundreds of times a night.
_LUE = (
    select(
        *(PUBLICATIONS.c[nom] for nom in ("numero", "date_arrete", "publie_le", "empreinte")),
        PUBLICATION_VERSIONS.c.nom_table,
        PUBLICATION_VERSIONS.c.version,
    )
    .outerjoin_from(
        PUBLICATIONS, PUBLICATION_VERSIONS, PUBLICATION_VERSIONS.c.numero == PUBLICATIONS.c.numero
    )
    .order_by(PUBLICATION_VERSIONS.c.nom_table)
)
_DERNIERE = _LUE.where(
    PUBLICATIONS.c.numero == select(func.max(PUBLICATIONS.c.numero)).scalar_subquery()
)
_VOULUE = _LUE.where(PUBLICATIONS.c.numero == bindparam("voulue"), _gardee())


class PublicationRefusee(RuntimeError):  # noqa: N818 - named in French
    """Another publication came first: this one was prepared on what is no longer the last."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication: its number (from 1, without a hole) and the Delta version of each table.

    `publie_le` is UTC, ISO; `empreinte` is the fingerprint of what it was computed from.
    """

    numero: int
    date_arrete: date
    publie_le: str
    empreinte: str
    versions: dict[str, int]


def publish(
    c: Connection,
    *,
    date_arrete: date,
    versions: Mapping[str, int],
    empreinte: str,
    publie_le: str,
    remises: Sequence[Remise],
    apres: int | None = None,
) -> Publication:
    """Publish these versions of the tables, and owe these files to the companies.

    Everything is in the caller's transaction. Publishers are put in a line: the number is the last
    one plus one.

    Args:
        c: connection, in a transaction of `moteur.begin()`.
        date_arrete: decision date of what is published.
        versions: Delta version by table.
        empreinte: fingerprint of the inputs.
        publie_le: instant, UTC ISO.
        remises: at most one by company and name.
        apres: number of the publication that this one was prepared on (0: none); not checked when
            None.

    Raises:
        ContratInconnu: a table has no contract.
        PublicationRefusee: the last publication is not `apres`.
    """
    for table in versions:
        read_contrat(table)
    lock_writers(c, "publications")
    derniere = c.scalar(select(func.max(PUBLICATIONS.c.numero))) or 0
    if apres not in {None, derniere}:
        raise PublicationRefusee(f"préparée après la publication {apres}, or voici {derniere}")
    numero = derniere + 1
    entete = {"date_arrete": date_arrete, "publie_le": publie_le, "empreinte": empreinte}
    c.execute(insert(PUBLICATIONS).values(numero=numero, **entete))
    crashpoint("publication.avant_versions")
    _insert_versions(c, numero, versions)
    crashpoint("publication.avant_remises")
    owe(c, remises, publie_le, publication=numero)
    crashpoint("publication.inscrite")
    return Publication(numero, date_arrete, publie_le, empreinte, dict(sorted(versions.items())))


def read_publication(c: Connection, numero: int | None = None) -> Publication | None:
    """Read a publication, the last one by default; None when there is no such one, or no more."""
    voulue = {} if numero is None else {"voulue": numero}
    lues = c.execute(_DERNIERE if numero is None else _VOULUE, voulue).all()
    if not lues:
        return None
    versions = {nom: version for *_, nom, version in lues if nom is not None}
    lue = lues[0]
    return Publication(lue.numero, lue.date_arrete, lue.publie_le, lue.empreinte, versions)


def read_arretes(c: Connection) -> dict[int, date]:
    """Decision date of each publication that is kept, by number."""
    table = PUBLICATIONS.c
    lus = select(table.numero, table.date_arrete).where(_gardee()).order_by(table.numero)
    return dict(c.execute(lus).all())


def read_versions_gardees(c: Connection, sauf: Collection[int] = ()) -> dict[str, set[int]]:
    """Versions of each table that a kept publication pins, but those of `sauf`."""
    table = PUBLICATION_VERSIONS.c
    lues = select(table.nom_table, table.version).distinct()
    epinglees = lues.where(
        table.numero.not_in(select(PUBLICATIONS_RETIREES.c.numero)), table.numero.not_in(sauf)
    )
    gardees: dict[str, set[int]] = defaultdict(set)
    for nom, version in c.execute(epinglees):
        gardees[nom].add(version)
    return gardees


def record_retraits(c: Connection, numeros: Collection[int], instant: str) -> None:
    """Write that publications are not kept any more: their tables can't be read from then on."""
    lignes = [{"numero": numero, "retiree_le": instant} for numero in sorted(numeros)]
    if lignes:
        c.execute(insert(PUBLICATIONS_RETIREES), lignes)


def read_numeros(c: Connection, date_arrete: date) -> list[int]:
    """Numbers of the publications of a decision date, first to last."""
    table = PUBLICATIONS.c
    requete = select(table.numero).where(table.date_arrete == date_arrete)
    return list(c.scalars(requete.order_by(table.numero)))


def find_publication_du_jour(c: Connection, jour: date) -> int | None:
    """The last publication made by the end of a day in Paris; None before the first one."""
    table = PUBLICATIONS.c
    lues = select(table.numero, table.publie_le).order_by(table.numero.desc())
    return next((n for n, publie_le in c.execute(lues) if paris_day(publie_le) <= jour), None)


def read_table_publiee(maison: Maison, table: str, numero: int | None = None) -> pl.LazyFrame:
    """Rows of `table` as of a publication, the last one by default, in any order.

    Columns and types of the contract; no row when nothing was published or not this table. What is
    written of a deposit before it is published (`suit`) is read once it is. A view that is thrown
    away (`LacApercu`) takes what the lake holds as published.
    """
    schema = schema_polars(read_contrat(table))
    if isinstance(maison.lac, LacApercu):
        return Lac.read(maison.lac, table)
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion, numero)
    if publication is None or table not in publication.versions:
        return pl.LazyFrame(schema=schema)
    lignes = maison.lac.read(table, publication.versions[table])
    suivie = read_contrat(table).suit
    if suivie is None:
        return lignes
    publiees = maison.lac.read(suivie, publication.versions.get(suivie))
    return lignes.join(publiees, on=read_contrat(suivie).cle, how="semi")


def read_changes(maison: Maison, table: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Rows of the lake, then those last published, without the partitions that are the same.

    Nothing is read of what no writing touched since; what differs is among the others.
    """
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion)
    suivie = read_contrat(table).suit is not None or isinstance(maison.lac, LacApercu)
    if suivie or publication is None or table not in publication.versions:
        return maison.lac.read(table), read_table_publiee(maison, table)
    return maison.lac.read_written_since(table, publication.versions[table])


def _insert_versions(c: Connection, numero: int, versions: Mapping[str, int]) -> None:
    lignes = [
        {"numero": numero, "nom_table": table, "version": version}
        for table, version in sorted(versions.items())
    ]
    if lignes:
        c.execute(insert(PUBLICATION_VERSIONS), lignes)
