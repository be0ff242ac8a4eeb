"""The frames of a message as a tree: what stands above a row, which rows share an ancestor.

Blocks down to the establishment stand once a declaration, so a row belongs to a message
(`fichier`, `envoi`), a declaration (`rang_declaration`), an individual (`rang_individu`), then to
the occurrences of the blocks above it. A key of those columns names any common ancestor of two
rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from parsers.dsn.grammaire import TYPES, Grammaire
from parsers.dsn.structure import EN_TETE, INDIVIDU

RANG = "_rang"  # of a row among those of its block
CLE_ENVOI = ["fichier", "envoi"]
CLE_DECLARATION = ["fichier", "rang_declaration"]
CLE_INDIVIDU = ["fichier", "rang_declaration", "rang_individu"]
LIEU = ("fichier", "ligne", "occurrence", "rang_declaration", "rang_individu")


def short_name(rubrique: str) -> str:
    """Name of a rubric in the conditions: `S21.G00.40.007` is `r40_007`."""
    return f"r{rubrique[8:10]}_{rubrique[11:]}"


def short_bloc(bloc: str) -> str:
    """Name of a block in the conditions: `S21.G00.40` is `b40`."""
    return f"b{bloc[8:10]}"


def key_of(bloc: str) -> list[str]:
    """Columns that name one occurrence of `bloc` in the rows below it."""
    if bloc.startswith("S10."):
        return CLE_ENVOI
    if bloc in EN_TETE:
        return CLE_DECLARATION
    return CLE_INDIVIDU if bloc == INDIVIDU else ["fichier", f"dans_{bloc}"]


@dataclass(frozen=True, slots=True)
class Contenu:
    """What rows bear: `absents`, blocks and rubrics (b40, r40_007) that none of them has.

    `codes`: the codes that they give to rubrics of closed lists and tables.
    """

    absents: frozenset[str]
    codes: Mapping[str, frozenset[str]]


@dataclass
class Arbre:
    """The frames of the blocks (columns: see `parsers.dsn.blocs`), and the headers met before.

    `frame(bloc)` has a row an occurrence: `RANG`, short names of rubrics, the columns of `key_of`
    of the block itself and of every block above it, and `LIEU`.
    """

    grammaire: Grammaire
    blocs: Mapping[str, pl.DataFrame]
    rappels: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    _ancetres: dict[str, pl.DataFrame] = field(default_factory=dict)
    _places: dict[tuple[str, str], pl.Series] = field(default_factory=dict)

    def frame(self, bloc: str) -> pl.DataFrame:
        """Rows of one block, with the keys of its ancestors; no row when it is absent."""
        if bloc not in self._frames:
            self._frames[bloc] = self._with_keys(bloc).with_row_index(RANG)
        return self._frames[bloc]

    def ancestors(self, bloc: str) -> pl.DataFrame:
        """Rows of a block that stands above others, those of the pieces before included."""
        if bloc not in self.rappels:
            return self.frame(bloc)
        if bloc not in self._ancetres:
            noms = {r: short_name(r) for r in self.grammaire.rubriques_du_bloc[bloc]}
            avant = self.rappels[bloc].rename(noms)
            ici = self.frame(bloc).select(avant.columns)
            self._ancetres[bloc] = pl.concat([avant, ici], rechunk=True)
        return self._ancetres[bloc]

    def above(self, bloc: str, ancetre: str) -> pl.Series:
        """For each row of `bloc`, the place in `ancestors(ancetre)` of the row above it, or null.

        Of headers that a faulty message repeats, the first stands for all.
        """
        if (bloc, ancetre) not in self._places:
            self._places[bloc, ancetre] = self._find_above(bloc, ancetre)
        return self._places[bloc, ancetre]

    def _find_above(self, bloc: str, ancetre: str) -> pl.Series:
        parent = self.grammaire.parent[bloc]
        if ancetre in EN_TETE or parent is None:
            cle = key_of(ancetre)
            return _find(_number(self.frame(bloc), *cle), _number(self.ancestors(ancetre), *cle))
        if ancetre != parent:
            return self.above(parent, ancetre).gather(self.above(bloc, parent))
        lignes = self.blocs[bloc] if bloc in self.blocs else self._empty(bloc)
        return _find(
            _number(lignes, "fichier", "parent"),
            _number(self.frame(parent), "fichier", "occurrence"),
        )

    def contenu(self) -> Contenu:
        """What the rows bear, here or in the headers."""
        absents: set[str] = set()
        codes: dict[str, set[str]] = {}
        for bloc, rubriques in self.grammaire.rubriques_du_bloc.items():
            frames = [f[bloc] for f in (self.blocs, self.rappels) if bloc in f and len(f[bloc])]
            if not frames:
                absents.add(short_bloc(bloc))
            portees = {c.name for f in frames for c in f.iter_columns() if c.null_count() < len(c)}
            absents.update(short_name(r) for r in rubriques if r not in portees)
            for frame in frames:
                codees = self.grammaire.codees & portees & {*frame.columns}
                for vus in frame.select(pl.col(codees).drop_nulls().unique().implode()):
                    codes.setdefault(short_name(vus.name), set()).update(vus[0].to_list())
        return Contenu(frozenset(absents), {nom: frozenset(c) for nom, c in codes.items()})

    def shared_key(self, un: str, autre: str) -> list[str]:
        """Columns shared by the rows of two blocks under their last common ancestor.

        Two rows of one block are siblings: their common ancestor is the parent of the block.
        """
        chemin = self.grammaire.path(un)[1 if un == autre else 0 :]
        communs = self.grammaire.path(autre)
        return key_of(next(bloc for bloc in chemin if bloc in communs))

    def _with_keys(self, bloc: str) -> pl.DataFrame:
        if bloc not in self.blocs:
            return self._empty(bloc)
        frame, parent = self.blocs[bloc], self.grammaire.parent[bloc]
        cles: list[pl.Series] = []
        if parent is not None and parent not in EN_TETE:
            au_dessus, places = self.frame(parent), self.above(bloc, parent)
            dessus = (c for c in au_dessus.iter_columns() if c.name.startswith("dans_"))
            cles = [cle.gather(places) for cle in dessus]
        noms = {r: short_name(r) for r in self.grammaire.rubriques_du_bloc[bloc]}
        return frame.select(
            *(pl.col(c).alias(noms.get(c, c)) for c in frame.columns),
            pl.col("occurrence").alias(f"dans_{bloc}"),
            *cles,
        )

    def _empty(self, bloc: str) -> pl.DataFrame:
        """A block that no row bears, with the columns that conditions may name."""
        rubriques = self.grammaire.rubriques_du_bloc[bloc]
        entiers = ["occurrence", "parent", "ligne", "envoi", "rang_declaration", "rang_individu"]
        schema: dict[str, type[pl.DataType]] = {
            "fichier": pl.UInt32,
            **dict.fromkeys(entiers, pl.Int64),
            "usage": pl.String,
            **{short_name(r): TYPES[self.grammaire.types[r]] for r in rubriques},
            **{f"dans_{b}": pl.Int64 for b in self.grammaire.path(bloc)},
        }
        return pl.DataFrame(schema=schema)


def _number(frame: pl.DataFrame, fichier: str, rang: str) -> pl.Series:
    """A key of two columns as one number: no file has 2^32 lines."""
    return frame.select(pl.col(fichier).cast(pl.Int64) * 2**32 + pl.col(rang)).to_series()


def _find(cherches: pl.Series, connus: pl.Series) -> pl.Series:
    """Place of each number among `connus`, the first of those that are equal; null when absent."""
    if connus.is_empty():
        return pl.repeat(None, len(cherches), dtype=pl.UInt32, eager=True)
    if not connus.is_sorted():
        ranges = connus.to_frame("_").with_row_index(RANG).sort("_", maintain_order=True)
        return ranges[RANG].gather(_find(cherches, ranges["_"]))
    places = connus.search_sorted(cherches).clip(upper_bound=len(connus) - 1)
    return places.set(connus.gather(places).ne_missing(cherches), None)
