"""A lake that is thrown away: what is written there is seen there, and nowhere else.

    essai = replace(maison, lac=LacApercu.over(maison.lac))

Rows written stand in memory before those of the lake, partition by partition. What the lake holds
is taken as published: the view answers « what if this came now ».
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

import polars as pl

from specs.contrats import read_contrat
from warehouse.contrats import check_contrat
from warehouse.lac import Lac, Partition, Valeur, values_of

Cle = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class LacApercu(Lac):
    """The lake of a folder with rows of its own over it."""

    _ecrites: dict[str, dict[Cle, pl.DataFrame]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def over(cls, lac: Lac) -> LacApercu:
        """A view of this lake: what that one has opened and read is not again."""
        vue = cls(lac.dossier, lac.trousseau)
        object.__setattr__(vue, "poignees", lac.poignees)
        object.__setattr__(vue, "petites", lac.petites)
        return vue

    def read(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """See `Lac.read`; the last rows, whatever the version, are those of this view."""
        dessous = Lac.read(self, table, version)
        ecrites = self._ecrites.get(table)
        if version is not None or ecrites is None:
            return dessous
        if () in ecrites:
            return ecrites[()].lazy()
        recouvertes = reduce(pl.Expr.or_, (_is_of(partition) for partition in ecrites))
        return pl.concat([dessous.filter(~recouvertes), *(f.lazy() for f in ecrites.values())])

    def list_changed(
        self, _table: str, _frame: pl.DataFrame, _sous: Partition, valeurs: Collection[Valeur]
    ) -> list[Valeur]:
        """See `Lac.list_changed`; here all are taken as such."""
        return sorted(valeurs, key=str)

    def list_values(self, table: str, sous: Partition) -> frozenset[Valeur]:
        """See `Lac.list_values`."""
        colonne = read_contrat(table).partition[len(sous)]
        (dessus,) = _split(sous)
        lues = self.read(table).filter(_is_of(dessus)).select(colonne).unique()
        return frozenset(lues.collect()[colonne])

    def create(self, _table: str) -> None:
        """See `Lac.create`; here a table that has no row is as good as none."""

    def write(self, table: str, frame: pl.DataFrame, remplace: Partition | None) -> int:
        """See `Lac.write`; the version of the lake does not change."""
        contrat = read_contrat(table)
        check_contrat(contrat, frame)
        ecrites = self._ecrites.setdefault(table, {})
        for partition in _split(remplace or {}):
            for dessous in [p for p in ecrites if p[: len(partition)] == partition]:
                del ecrites[dessous]
            lignes = frame.filter(_is_of(partition))
            ecrites[partition] = lignes.sort(*contrat.partition, *contrat.cle)
        return self.version(table) or 0


def _split(remplace: Partition) -> Iterator[Cle]:
    """The partitions, one by one."""
    colonnes = ([(c, v) for v in values_of(valeur)] for c, valeur in remplace.items())
    yield from product(*colonnes)


def _is_of(partition: Cle) -> pl.Expr:
    tout = pl.lit(value=True)
    return reduce(pl.Expr.and_, (pl.col(colonne) == valeur for colonne, valeur in partition), tout)
