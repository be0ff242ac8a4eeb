"""What an explanation reads: the tables of one publication, and the identifiers near one.

Predicates go down to the lake: only the shard, the company, the month that matter are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.explications.valeurs import Publiee
from pipelines.nuit.parts import part_scope
from pipelines.nuit.versions import version_specs
from warehouse.journal import read_versions
from warehouse.maison import Maison
from warehouse.publications import (
    Publication,
    read_numeros,
    read_publication,
    read_table_publiee,
)

PROCHES = 5


PARENTE = 4


class DemandeRefusee(LookupError):  # noqa: N818 - named in French
    """What is asked for is not published; the message, in French, says what is near."""


@dataclass(frozen=True, slots=True)
class Lecteur:
    """The tables of one publication."""

    maison: Maison
    publication: Publication

    def read(self, table: str, *predicats: pl.Expr) -> pl.LazyFrame:
        """Rows of a published table."""
        return read_table_publiee(self.maison, table, self.publication.numero).filter(*predicats)

    def find(self, table: str, cle: str, valeur: str) -> dict[str, Any] | None:
        """The row of a table with this key; None when there is none."""
        trouvees = self.read(table, pl.col(cle) == valeur).collect()
        return trouvees.row(0, named=True) if trouvees.height else None

    def names(self, table: str, cle: str) -> list[str]:
        """Every value of the key of a table."""
        return self.read(table).select(pl.col(cle).unique()).collect().to_series().to_list()


def open_lecteur(maison: Maison, numero: int | None) -> Lecteur:
    """Reader of a publication, the last one by default; DemandeRefusee when there is none."""
    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion, numero)
    if publication is None and numero is not None:
        raise DemandeRefusee(f"La publication {numero} n'existe pas.")
    if publication is None:
        raise DemandeRefusee("Rien n'a encore été publié : la première nuit (caisse nuit) le fera.")
    return Lecteur(maison, publication)


def find_issue(lecteur: Lecteur, table: str, cle: str, nom: str, date_arrete: date) -> Lecteur:
    """Reader of the publication that issued a row: the first one of its date that holds it.

    What was issued is never rewritten, but what it was made of may be replaced later.
    """
    maison, dernier = lecteur.maison, lecteur.publication.numero
    with maison.moteur.connect() as connexion:
        numeros = read_numeros(connexion, date_arrete)
    for numero in (n for n in numeros if n < dernier):
        premier = open_lecteur(maison, numero)
        if premier.find(table, cle, nom):
            return premier
    return lecteur


def describe_publication(lecteur: Lecteur, part: int, etape: str) -> Publiee:
    """The publication, with what ran `etape` on a shard for it when the journal knows."""
    publication = lecteur.publication
    entrees = f":{publication.numero - 1}:{publication.date_arrete.isoformat()}"
    with lecteur.maison.moteur.connect() as connexion:
        versions = read_versions(connexion, etape, part_scope(part), entrees)
    specs, code = versions[0] if len(versions) == 1 else (None, None)
    return Publiee(
        publication.numero,
        publication.date_arrete,
        publication.publie_le,
        specs,
        code,
        version_specs(),
    )


def nearest(identifiant: str, connus: list[str]) -> list[str]:
    """The few known identifiers that share most of their start and end with this one, sorted."""
    parentes = {connu: _measure_kinship(identifiant, connu) for connu in connus}
    proches = sorted(connus, key=lambda connu: (-parentes[connu], connu))[:PROCHES]
    return sorted(connu for connu in proches if parentes[connu] >= PARENTE)


def _measure_kinship(un: str, autre: str) -> int:
    """Letters of the common start and of the common end."""
    return _same_start(un, autre) + _same_start(un[::-1], autre[::-1])


def _same_start(un: str, autre: str) -> int:
    paires = enumerate(zip(un, autre, strict=False))
    return next((rang for rang, (a, b) in paires if a != b), min(len(un), len(autre)))
