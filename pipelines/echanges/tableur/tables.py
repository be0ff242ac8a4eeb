"""What is read of a spreadsheet, whatever its format, before it is a file of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from parsers.anomalies import SCHEMA, anomalies, assemble
from pipelines.echanges.tableur.cellules import Cellule

LIGNES_MAX = 200_000  # rows of a file, more than the fixed form can hold


class Rangee(NamedTuple):
    """A row: its number in the sheet, from 1, and its cells."""

    numero: int
    cellules: Sequence[Cellule]


Tables = Mapping[str, Sequence[Rangee]]  # by name of sheet


@dataclass(slots=True)
class Remarques:
    """What has no place in the file, as it is found: anomalies of the spreadsheet itself."""

    _lignes: list[dict[str, str | int | None]] = field(default_factory=list)

    def add(
        self,
        code: str,
        variante: str,
        bloc: str | None = None,
        ligne: int | None = None,
        valeur: str | None = None,
        attendu: str | None = None,
    ) -> None:
        """Keep one: `bloc` is the sheet, `ligne` the row in it."""
        lieu = {"code": code, "variante": variante, "bloc": bloc, "ligne": ligne}
        self._lignes.append(lieu | {"valeur": valeur, "attendu": attendu})

    def frame(self, numero: int) -> pl.DataFrame:
        """All of them (`parsers.anomalies.SCHEMA`)."""
        colonnes = ("code", "variante", "bloc", "ligne", "valeur", "attendu")
        lues = pl.DataFrame(self._lignes, {nom: SCHEMA[nom] for nom in colonnes})
        lues = lues.with_columns(pl.lit(numero).alias("fichier"))
        codes = lues["code"].unique(maintain_order=True)
        return assemble([anomalies(lues.filter(code=c).drop("code"), c) for c in codes])


class TableurIllisible(ValueError):  # noqa: N818 - named in French
    """A spreadsheet that can't be read: code of the anomaly, and its fields."""

    def __init__(self, code: str, variante: str | None = None, **champs: str | int | None) -> None:
        """What the anomaly says."""
        super().__init__(code)
        self.code = code
        self.champs = {"variante": variante, **champs}
