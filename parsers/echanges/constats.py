"""What the controls find in a file: its anomalies, and the records that are at fault."""

from __future__ import annotations

import polars as pl

from parsers.anomalies import BLOQUANTE, SCHEMA, anomalies, assemble
from parsers.echanges.zones import RANG, REFUS
from specs.echanges import PERSONNELS
from specs.echanges.regles import FICHIER, portee_of
from specs.messages import read_message


class Constats:
    """Findings of one file; `nombre` is how many records it has.

    Anomalies are cut short as they come (see `parsers.anomalies`); the records at fault are all
    known, by what their fault refuses.
    """

    def __init__(self, numero: int, nombre: int) -> None:
        self._numero = numero
        self._nombre = nombre
        self._frames = [SCHEMA.to_frame()]
        self._fautifs: dict[str, pl.Series] = {}

    def add(
        self,
        trouves: pl.DataFrame,
        code: str,
        bloc: str | None = None,
        champ: str | None = None,
        variante: str | None = None,
    ) -> None:
        """Findings of one kind: `rang`, and `valeur` and `attendu` when there are some."""
        if trouves.is_empty():
            return
        severite = read_message(code, variante).severite
        if severite == BLOQUANTE:
            self._mark(trouves[RANG], portee_of(code, bloc))
        if "valeur" in trouves.columns:
            trouves = trouves.with_columns(_shown(champ))
        lieux = trouves.rename({RANG: "ligne"}).with_columns(pl.lit(self._numero).alias("fichier"))
        self._frames.append(
            anomalies(lieux, code, bloc=bloc, rubrique=champ, variante=variante, severite=severite)
        )

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Anomalies of the whole file."""
        self._frames.append(frame)
        if (frame["severite"] == BLOQUANTE).any():
            self._mark(pl.Series([1]), FICHIER)

    @property
    def refuses_file(self) -> bool:
        """Whether the whole file is refused."""
        return FICHIER in self._fautifs

    @property
    def has_faults(self) -> bool:
        """Whether something is refused: the file, or one of its lines."""
        return bool(self._fautifs)

    def champs_of(self, bloc: str) -> set[str]:
        """Fields of that type of record that were told something."""
        return {nom for frame in self._frames for nom in frame.filter(bloc=bloc)["rubrique"]}

    def fautifs(self, portee: str, rangs: pl.Series) -> pl.Series:
        """Whether each of those records has a fault that refuses its line, its day..."""
        marques = self._fautifs.get(portee)
        if marques is None:
            return pl.repeat(value=False, n=len(rangs), eager=True, dtype=pl.Boolean)
        return marques.gather(rangs)

    def frame(self) -> pl.DataFrame:
        """All of them (`parsers.anomalies.SCHEMA`), in the total order of reports."""
        return assemble(self._frames)

    def _mark(self, rangs: pl.Series, portee: str) -> None:
        if portee not in self._fautifs:
            vides = pl.repeat(value=False, n=self._nombre + 2, eager=True, dtype=pl.Boolean)
            self._fautifs[portee] = vides
        self._fautifs[portee] = self._fautifs[portee].scatter(rangs, values=True)


def _shown(champ: str | None) -> pl.Expr:
    """A value as reports show it: what XML writes, masked when it is personal."""
    valeur = pl.col("valeur").str.strip_prefix(REFUS)
    return valeur.str.replace_all(".", "*") if champ in PERSONNELS else valeur
