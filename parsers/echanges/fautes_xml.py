"""What is out of place in an XML exchange file: one F010 a record, whatever is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from parsers.anomalies import MAXIMUM_CONSERVE, SCHEMA, anomalies, assemble

COLONNES = ("ligne", "bloc", "variante", "valeur", "attendu")


@dataclass(slots=True)
class Fautes:
    """What is out of place, told once a record; beyond the size of a report, only counted."""

    _lignes: dict[int, dict[str, str | int | None]] = field(default_factory=dict)
    _autres: int = 0

    def add(
        self,
        rang: int,
        bloc: str | None,
        variante: str,
        valeur: str | None = None,
        attendu: str | None = None,
    ) -> None:
        """Keep a fault of a record."""
        if rang in self._lignes:
            return
        if len(self._lignes) >= MAXIMUM_CONSERVE:
            self._autres += 1
            return
        lieu = {"ligne": rang, "bloc": bloc}
        self._lignes[rang] = lieu | {"variante": variante, "valeur": valeur, "attendu": attendu}

    def any(self) -> bool:
        """Whether there is any."""
        return bool(self._lignes)

    def frame(self, numero: int) -> pl.DataFrame:
        """The faults as anomalies of the file."""
        fautes = pl.DataFrame(list(self._lignes.values()), {nom: SCHEMA[nom] for nom in COLONNES})
        fautes = fautes.with_columns(pl.lit(numero).alias("fichier"))
        gardees = anomalies(fautes, "F010")
        if self._autres:
            reste = pl.when(pl.int_range(pl.len()) == pl.len() - 1).then(self._autres).otherwise(0)
            gardees = gardees.with_columns(pl.col("nombre") + reste)
        return assemble([gardees])
