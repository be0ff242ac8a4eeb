"""Which declarations are computed again of the companies of which something new is known.

Those of a company whole, or, when nothing but files and counted hours is new of it, those that
these touch: an outcome may depend on a declaration of the same chain of files or of the same
reference, on a stop of the same site and week (IN-004, IN-005), on the days of the same employee
and month (IN-013, IN-040). What such ties reach is computed again, the rest stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from pipelines.echanges.etapes import read_of
from pipelines.intemperies.lecture import read_lus
from pipelines.intemperies.regles.attaches import (
    SALARIE_DU_MOIS,
    reach,
    tie_employees,
    tie_files,
    tie_stops,
)
from pipelines.intemperies.regles.declarations import DECLARATION
from pipelines.intemperies.regles.reconnus import Reconnus, gather
from pipelines.nuit.parts import Part, slice_of
from specs.contrats import TRANCHE
from warehouse.lac import is_one_of
from warehouse.maison import Maison

MOIS = pl.col("date").dt.truncate("1mo").alias("mois")


@dataclass(frozen=True, slots=True)
class Touchees:
    """Declarations to compute again.

    `entieres`: SIREN of the companies whose are all; `partielles`: of those whose are those of the
    files `depots` alone, which bear `references` (DECLARATION). `lots`: records of these files,
    read to know what they touch.
    """

    entieres: frozenset[str]
    partielles: frozenset[str]
    depots: frozenset[str]
    references: pl.DataFrame
    lots: tuple[Reconnus, ...]

    @property
    def sirens(self) -> frozenset[str]:
        """The companies."""
        return self.entieres | self.partielles

    def read(self, maison: Maison, part: Part, envois: pl.DataFrame) -> Reconnus:
        """Records of their files; `envois`: ENVOIS of the shard."""
        des_entieres = envois.filter(is_one_of("siren", self.entieres))
        siens = envois.filter(is_one_of("siren", self.entieres) | is_one_of("depot", self.depots))
        lots = self.lots
        if not lots or des_entieres.height:
            lots = (*lots, read_lus(maison, part, des_entieres))
        return gather(siens, lots)

    def among(self, lignes: pl.LazyFrame) -> pl.LazyFrame:
        """Rows of theirs in a table that has slices; its other slices are not read."""
        des_entieres = lignes.filter(is_one_of("siren", self.entieres))
        if not self.partielles:
            return des_entieres
        tranches = pl.DataFrame({"depot": sorted(self.depots)}, {"depot": pl.String}).select(
            slice_of("depot").alias(TRANCHE)
        )
        des_autres = lignes.filter(
            is_one_of("siren", self.partielles), is_one_of(TRANCHE, set(tranches[TRANCHE]))
        )
        return pl.concat([des_entieres, self._of_files(des_autres)])

    def without(self, lignes: pl.DataFrame) -> pl.DataFrame:
        """Rows with DECLARATION that are not theirs."""
        autres = lignes.filter(~is_one_of("siren", self.entieres))
        return autres.join(self.references, on=DECLARATION, how="anti")

    def only(self, lignes: pl.DataFrame) -> pl.DataFrame:
        """Rows with DECLARATION that are theirs."""
        des_entieres = lignes.filter(is_one_of("siren", self.entieres))
        siennes = lignes.join(self.references, on=DECLARATION, how="semi")
        return pl.concat([des_entieres, siennes])

    def _of_files(self, lignes: pl.LazyFrame) -> pl.LazyFrame:
        if "declaration" in lignes.collect_schema():
            return lignes.join(self.references.lazy(), on=DECLARATION, how="semi")
        return lignes.filter(is_one_of("depot", self.depots))


def find_touchees(
    maison: Maison,
    part: Part,
    envois: pl.DataFrame,
    perimees: Collection[str],
    nouveaux: pl.DataFrame,
) -> Touchees:
    """What is to be computed again of the companies `perimees`.

    `envois`: ENVOIS of the shard; `nouveaux`: siren, depot (null: none) of what is new of those of
    which nothing else is.
    """
    partielles = frozenset(nouveaux["siren"])
    siens = envois.filter(is_one_of("siren", partielles))
    lus = read_of(maison, "arrets_lus", siens)
    connus = _read_known(maison, part, partielles)
    attaches = pl.concat([tie_files(siens), tie_stops(lus), tie_employees(connus)])
    lots: list[Reconnus] = []
    vus, depots = frozenset[str](), reach(attaches, nouveaux["depot"].drop_nulls())
    while vus != depots:
        lots.append(read_lus(maison, part, siens.filter(is_one_of("depot", depots - vus))))
        vus, jours = depots, lots[-1].lus.jours.with_columns(MOIS)
        memes = connus.join(jours, on=SALARIE_DU_MOIS, how="semi")
        depots = reach(attaches, [*vus, *memes["depot"]])
    portees = lus.filter(is_one_of("depot", depots)).select("siren", declaration="decl_id")
    return Touchees(
        frozenset(perimees) - partielles, partielles, depots, portees.unique(), tuple(lots)
    )


def _read_known(maison: Maison, part: Part, sirens: Collection[str]) -> pl.DataFrame:
    """SALARIE_DU_MOIS of the declarations that the lake holds of some companies, and their file."""
    siennes = part.ecrites() & is_one_of("siren", sirens)
    arrets, jours = (
        maison.lac.read(table).filter(siennes)
        for table in ("arrets_intemperies", "jours_intemperies")
    )
    chaines = arrets.select(*DECLARATION, depot="chaine").unique()
    lues = jours.with_columns(MOIS).join(chaines, on=DECLARATION)
    return lues.select(*SALARIE_DU_MOIS, "depot").unique().collect()
