"""What the controls find in the files of a bundle: anomalies, and the records that are at fault."""

from __future__ import annotations

import polars as pl

from parsers.anomalies import BLOQUANTE, SCHEMA, anomalies, assemble
from parsers.echanges.liasses import Liasse
from parsers.echanges.zones import RANG, REFUS
from specs.echanges import PERSONNELS
from specs.echanges.regles import FICHIER, portee_of
from specs.messages import read_message


class Constats:
    """Findings of the files of a bundle.

    Anomalies are cut short as they come (see `parsers.anomalies`); the records at fault are all
    known, by what their fault refuses.
    """

    def __init__(self, liasse: Liasse) -> None:
        self._fin = liasse.fin
        self._numeros = pl.Series([p.numero for p in liasse.pieces], dtype=pl.UInt32)
        self._bases = pl.Series(liasse.bases, dtype=pl.Int64)
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
        """Findings of one kind: `rang` in the bundle, `valeur` and `attendu` if there are some."""
        if trouves.is_empty():
            return
        severite = read_message(code, variante).severite
        if severite == BLOQUANTE:
            self._mark(trouves[RANG], portee_of(code, bloc))
        if "valeur" in trouves.columns:
            trouves = trouves.with_columns(_shown(champ))
        pieces = self._pieces_of(trouves[RANG])
        lieux = trouves.rename({RANG: "ligne"}).with_columns(
            pl.col("ligne") - self._bases.gather(pieces),
            self._numeros.gather(pieces).alias("fichier"),
        )
        self._frames.append(
            anomalies(lieux, code, bloc=bloc, rubrique=champ, variante=variante, severite=severite)
        )

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Anomalies of whole files."""
        self._frames.append(frame)
        refuses = frame.filter(severite=BLOQUANTE)["fichier"].unique()
        if len(refuses):
            self._mark(self._bases.filter(self._numeros.is_in(refuses.implode())) + 1, FICHIER)

    @property
    def refuses(self) -> frozenset[int]:
        """The files that are refused whole, by their rank in the bundle."""
        if FICHIER not in self._fautifs:
            return frozenset()
        return frozenset(self._pieces_of(self._fautifs[FICHIER].arg_true()))

    @property
    def has_faults(self) -> bool:
        """Whether something is refused: a file, or one of its lines."""
        return bool(self._fautifs)

    def champs_of(self, bloc: str) -> set[tuple[int, str]]:
        """Fields of that type of record that were told something: number of the file, name."""
        dits = (f.filter(bloc=bloc).select("fichier", "rubrique") for f in self._frames)
        return {lieu for frame in dits for lieu in frame.iter_rows()}

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
            vides = pl.repeat(value=False, n=self._fin, eager=True, dtype=pl.Boolean)
            self._fautifs[portee] = vides
        self._fautifs[portee] = self._fautifs[portee].scatter(rangs, values=True)

    def _pieces_of(self, rangs: pl.Series) -> pl.Series:
        """The file of each record, by its rank in the bundle."""
        return self._bases.search_sorted(rangs.cast(pl.Int64), "left") - 1


def _shown(champ: str | None) -> pl.Expr:
    """A value as reports show it: what XML writes, masked when it is personal."""
    valeur = pl.col("valeur").str.strip_prefix(REFUS)
    return valeur.str.replace_all(".", "*") if champ in PERSONNELS else valeur
