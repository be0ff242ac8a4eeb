"""The dictionary of one version in the form that the vectorised reader needs.

Blocks and rubrics are known by their rank in document order (`bloc`: rank of the block, `rubrique`:
rank of the rubric), so that order, membership and mandatory use are comparisons of small integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby

import polars as pl

from specs.dsn import NATURES, Norme, read_norme

SANS_INDIVIDU = "01_sans_individu"
USAGES = (*NATURES, SANS_INDIVIDU)
ILLIMITE = 2**31 - 1
INTERDIT = -1
TYPES: dict[str, type[pl.DataType]] = {"D": pl.Date, "N": pl.Int64, "X": pl.String}


@dataclass(frozen=True)
class Grammaire:
    """Ranks, parents, bounds and successions of one version of the norm."""

    norme: Norme
    blocs: tuple[str, ...]
    rubriques: tuple[str, ...]
    rubriques_du_bloc: dict[str, tuple[str, ...]]
    parent: dict[str, str | None]
    bornes: dict[str, dict[str, tuple[int, int]]]  # bloc -> nature -> (min, max), INTERDIT when not
    maximum: dict[str, int]

    @cached_property
    def types(self) -> dict[str, str]:
        """Type of each rubric: X text, N number, D date."""
        return dict(self.norme.rubriques.select("rubrique", "type").iter_rows())

    @cached_property
    def codees(self) -> frozenset[str]:
        """Rubrics whose text is one of a closed list or of a table."""
        codee = pl.any_horizontal(pl.col("liste", "table_externe").is_not_null())
        return frozenset(self.norme.rubriques.filter(codee, type="X")["rubrique"])

    @cached_property
    def enum_rubriques(self) -> pl.Enum:
        """Rubric identifiers as an enumeration whose physical value is the rank."""
        return pl.Enum(self.rubriques)

    @cached_property
    def bloc_de_rubrique(self) -> pl.Series:
        """Rank of the block of each rubric, by rank of the rubric."""
        rang = {bloc: i for i, bloc in enumerate(self.blocs)}
        return pl.Series([rang[r[:10]] for r in self.rubriques], dtype=pl.UInt8)

    @cached_property
    def rubriques_de_service(self) -> list[int]:
        """Ranks of the rubrics that the platform adds, out of the declarant's rules."""
        service = set(self.norme.rubriques.filter("service")["rubrique"])
        return [i for i, rubrique in enumerate(self.rubriques) if rubrique in service]

    @cached_property
    def blocs_uniques(self) -> pl.Series:
        """Whether a block may stand at most once under its parent, by rank of the block."""
        return pl.Series([self.maximum[bloc] == 1 for bloc in self.blocs], dtype=pl.Boolean)

    @cached_property
    def successions(self) -> pl.Series:
        """Admitted successions, by (rank before + 1) x number of blocks + rank after.

        The place of a block in the tree is unique, so what is open when a block ends is known
        from its identifier alone: block B may follow A when B's parent is A or one of A's
        ancestors, and when the branch that A ends does not come after B in document order.
        Row 0 is the start of a message: only the header may follow. It may follow everything: it
        is then in excess (`repetitions`).
        """
        rang = {bloc: i for i, bloc in enumerate(self.blocs)}
        n = len(self.blocs)
        admises = [False] * ((n + 1) * n)
        admises[0] = True
        for avant in self.blocs:
            chemin = self.path(avant)
            admises[(rang[avant] + 1) * n] = True
            for apres in self.blocs:
                parent = self.parent[apres]
                if parent in chemin:
                    place = chemin.index(parent)
                    frere = chemin[place - 1] if place else apres
                    ok = rang[frere] <= rang[apres]
                    admises[(rang[avant] + 1) * n + rang[apres]] = ok
        return pl.Series(admises, dtype=pl.Boolean)

    @cached_property
    def repetitions(self) -> pl.Series:
        """Successions, in the order of `successions`, that repeat a block under one parent.

        When a block that stands once is open, or has just been closed, it is in the path of the
        block before: what comes between the two hangs from the first.
        """
        repetees = [False] * len(self.blocs)
        for avant in self.blocs:
            chemin = self.path(avant)
            repetees += [self.maximum[apres] == 1 and apres in chemin for apres in self.blocs]
        return pl.Series(repetees, dtype=pl.Boolean)

    @cached_property
    def attendus(self) -> list[int]:
        """Rank of the block that should open, in the order of `successions`, for another to stand.

        It is the highest of those that are not open among the block and its ancestors.
        """
        rang = {bloc: i for i, bloc in enumerate(self.blocs)}
        attendus = list(range(len(self.blocs)))
        for avant in self.blocs:
            ouverts = set(self.path(avant))
            for apres in self.blocs:
                fermes = [bloc for bloc in self.path(apres) if bloc not in ouverts]
                attendus.append(rang[fermes[-1] if fermes else apres])
        return attendus

    @cached_property
    def ancetres(self) -> list[int]:
        """Blocks above each block, a bit each, by rank."""
        rang = {bloc: i for i, bloc in enumerate(self.blocs)}
        return [sum(1 << rang[b] for b in self.path(bloc)[1:]) for bloc in self.blocs]

    @cached_property
    def descendants(self) -> list[int]:
        """Blocks below each block, a bit each, by rank."""
        return [
            sum(1 << i for i, dessus in enumerate(self.ancetres) if dessus >> rang & 1)
            for rang in range(len(self.blocs))
        ]

    def path(self, bloc: str) -> list[str]:
        """A block and its ancestors, up to the root."""
        parent = self.parent[bloc]
        return [bloc, *(self.path(parent) if parent else [])]


def usage_of(nature: str | None, type_: str | None) -> str:
    """Key of `bornes` for a declaration of this nature and type (S20.G00.05.001 and .002)."""
    if nature == "01" and type_ in ("02", "05"):
        return SANS_INDIVIDU
    return nature if nature in NATURES else "01"


@cache
def read_grammaire(version: str) -> Grammaire:
    """Compile the dictionary of `version`; KeyError when the version is unknown."""
    norme = read_norme(version)
    blocs = norme.blocs.sort("ordre")
    rang = {bloc: i for i, bloc in enumerate(blocs["bloc"])}
    rubriques = sorted(norme.rubriques["rubrique"], key=lambda r: (rang[r[:10]], r))
    par_bloc = {bloc: list(groupe) for bloc, groupe in groupby(rubriques, key=lambda r: r[:10])}
    return Grammaire(
        norme=norme,
        blocs=tuple(blocs["bloc"]),
        rubriques=tuple(rubriques),
        rubriques_du_bloc={bloc: tuple(par_bloc.get(bloc, ())) for bloc in blocs["bloc"]},
        parent=dict(zip(blocs["bloc"], blocs["parent"], strict=True)),
        bornes={
            ligne["bloc"]: {u: _bounds(ligne[f"nature_{u}"]) for u in USAGES}
            for ligne in blocs.iter_rows(named=True)
        },
        maximum={
            bloc: ILLIMITE if maximum is None else maximum
            for bloc, maximum in blocs.select("bloc", "maximum").iter_rows()
        },
    )


def _bounds(texte: str) -> tuple[int, int]:
    if texte == "interdit":
        return INTERDIT, INTERDIT
    minimum, maximum = texte.split("..")
    return int(minimum), ILLIMITE if maximum == "*" else int(maximum)
