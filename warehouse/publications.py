"""Publications: which Delta version of each table readers see, and the files owed to companies.

A publication is one row and its pinned versions, written in one transaction and never changed:
readers see a whole one or the previous one. Going back is a new publication of old versions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, func, insert, select, update

from specs.contrats import read_contrat, schema_polars
from warehouse.apercu import LacApercu
from warehouse.lac import Lac
from warehouse.moteur import lock_writers
from warehouse.points_arret import crashpoint
from warehouse.tables_sql import A_REMETTRE, PUBLICATION_VERSIONS, PUBLICATIONS, REMISE, REMISES

if TYPE_CHECKING:
    from warehouse.maison import Maison


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


@dataclass(frozen=True, slots=True)
class Remise:
    """A file owed to a company: its name in `retour/`; its content is in the archive."""

    adherent: str
    nom: str
    sha256: str


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
    owe(c, remises, publication=numero)
    crashpoint("publication.inscrite")
    return Publication(numero, date_arrete, publie_le, empreinte, dict(sorted(versions.items())))


def owe(c: Connection, remises: Sequence[Remise], publication: int | None = None) -> None:
    """Owe these files to the companies, with a publication or without one (report of a test).

    A file whose last content owed is the same is not owed again.
    """
    connues = _read_derniers_contenus(c)
    nouvelles = {r for r in remises if connues.get((r.adherent, r.nom)) != r.sha256}
    commun = {"publication": publication, "etat": A_REMETTRE}
    lignes = [asdict(r) | commun for r in sorted(nouvelles, key=astuple)]
    if lignes:
        c.execute(insert(REMISES), lignes)


def read_publication(c: Connection, numero: int | None = None) -> Publication | None:
    """Read a publication, the last one by default; None when there is no such one."""
    table = PUBLICATIONS.c
    requete = select(table.numero, table.date_arrete, table.publie_le, table.empreinte)
    if numero is not None:
        requete = requete.where(table.numero == numero)
    ligne = c.execute(requete.order_by(table.numero.desc()).limit(1)).one_or_none()
    return Publication(*ligne, versions=_read_versions(c, ligne.numero)) if ligne else None


def read_numeros(c: Connection, date_arrete: date) -> list[int]:
    """Numbers of the publications of a decision date, first to last."""
    table = PUBLICATIONS.c
    requete = select(table.numero).where(table.date_arrete == date_arrete)
    return list(c.scalars(requete.order_by(table.numero)))


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


def read_remises_dues(c: Connection) -> list[Remise]:
    """Files not handed over yet; a name owed twice comes once, with its last content.

    Sorted by company and name.
    """
    colonnes = (REMISES.c.adherent, REMISES.c.nom, REMISES.c.sha256)
    dues = select(*colonnes).where(REMISES.c.etat == A_REMETTRE).order_by(REMISES.c.numero)
    dernieres = {(a, nom): Remise(a, nom, sha256) for a, nom, sha256 in c.execute(dues)}
    return [dernieres[cle] for cle in sorted(dernieres)]


def find_contenu(c: Connection, nom: str) -> str | None:
    """SHA-256 of the last content owed to a company under this name; None when none was."""
    contenus = select(REMISES.c.sha256).where(REMISES.c.nom == nom)
    return c.scalar(contenus.order_by(REMISES.c.numero.desc()).limit(1))


def record_remise_faite(c: Connection, remise: Remise, instant: str) -> None:
    """Write that a file is in the company's folder; done twice, the first instant stays.

    Earlier contents still owed under the same name are no longer owed either.
    """
    cible = (REMISES.c.adherent == remise.adherent) & (REMISES.c.nom == remise.nom)
    contenu = REMISES.c.sha256 == remise.sha256
    rang = select(func.max(REMISES.c.numero)).where(cible, contenu).scalar_subquery()
    c.execute(
        update(REMISES)
        .where(cible, REMISES.c.etat == A_REMETTRE, REMISES.c.numero <= rang)
        .values(etat=REMISE, remise_le=instant)
    )
    crashpoint("publication.remise_faite")


def _insert_versions(c: Connection, numero: int, versions: Mapping[str, int]) -> None:
    lignes = [
        {"numero": numero, "nom_table": table, "version": version}
        for table, version in sorted(versions.items())
    ]
    if lignes:
        c.execute(insert(PUBLICATION_VERSIONS), lignes)


def _read_derniers_contenus(c: Connection) -> dict[tuple[str, str], str]:
    """Last content owed, by company and name."""
    colonnes = (REMISES.c.adherent, REMISES.c.nom, REMISES.c.sha256)
    lues = c.execute(select(*colonnes).order_by(REMISES.c.numero))
    return {(adherent, nom): sha256 for adherent, nom, sha256 in lues}


def _read_versions(c: Connection, numero: int) -> dict[str, int]:
    table = PUBLICATION_VERSIONS.c
    requete = select(table.nom_table, table.version).where(table.numero == numero)
    return dict(c.execute(requete.order_by(table.nom_table)).tuples().all())
