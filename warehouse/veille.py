"""A house as it was on the eve of a publication: what is composed there is what it gave.

    with open_veille(maison, publication) as veille: ...

Its base knows nothing of the publication nor of what follows; its lake is the one of then, tables
that are never published too. The archive of the other is read where it is; what is written goes
with the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import ColumnElement, Table, select

from warehouse.jetable import NON_LUES, copy_base, copy_lignes, over_archive
from warehouse.jumelle import settle
from warehouse.lac_publie import open_lac_publie
from warehouse.maison import Maison, open_maison
from warehouse.preuves.empreintes import read_versions
from warehouse.publications import Publication
from warehouse.tables_sql import (
    DEPOTS,
    ENVOIS,
    ETATS_DEPOT,
    NUITS,
    PUBLICATION_VERSIONS,
    PUBLICATIONS,
)

# What a publication leaves behind it, which nothing that it gives is made of.
SUITES = frozenset({"ancrages", "cles_publications", "fichiers_lac", "publications_retirees"})


@contextmanager
def open_veille(maison: Maison, publication: Publication) -> Iterator[Maison]:
    """The house before that publication, until the end of the block."""
    with TemporaryDirectory() as dossier:
        propre = open_maison(settle(maison.reglages, Path(dossier)))
        avant = _list_before(publication)
        with maison.moteur.connect() as source, propre.moteur.begin() as cible:
            copy_base(source, cible, NON_LUES | SUITES | {table.name for table in avant})
            for table, choix in avant.items():
                copy_lignes(source, cible, table, choix)
            versions = read_versions(source, publication.numero) | publication.versions
        yield replace(
            propre,
            archive=over_archive(propre.archive, maison.archive),
            lac=open_lac_publie(maison, replace(publication, versions=versions)),
            cle_pseudonymes=maison.cle_pseudonymes,
        )
        propre.moteur.dispose()


def _list_before(publication: Publication) -> dict[Table, ColumnElement[bool]]:
    """Rows that were there, of the tables that have others since."""
    numero = publication.numero
    recus = DEPOTS.c.recu_le <= publication.publie_le
    siens = select(DEPOTS.c.depot).where(recus)
    return {
        DEPOTS: recus,
        ETATS_DEPOT: ETATS_DEPOT.c.depot.in_(siens),
        ENVOIS: ENVOIS.c.depot.in_(siens),
        NUITS: NUITS.c.publication <= numero,
        PUBLICATIONS: PUBLICATIONS.c.numero < numero,
        PUBLICATION_VERSIONS: PUBLICATION_VERSIONS.c.numero < numero,
    }
