"""What the lake holds of the identifiers of employees, for the links between them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.salaries.regles.liens import compute_liens
from specs.connaissances import read_connaissances
from warehouse.maison import Maison


@dataclass(frozen=True, slots=True)
class Sources:
    """What links are made of: contracts `rapprochements_salaries` and `identites`, without `part`.

    `identites`: the rows of the identifiers that are told or decided of; `decides`: DECIDES.
    """

    rapprochements: pl.DataFrame
    identites: pl.DataFrame
    decides: pl.DataFrame

    def compute(self) -> pl.DataFrame:
        """Contract `liens_salaries`."""
        savoir = read_connaissances()
        return compute_liens(self.rapprochements, self.identites, self.decides, savoir)


def read_sources(maison: Maison, decides: pl.DataFrame) -> Sources:
    """What companies say, and who declared the identifiers that they or `decides` name."""
    rapprochements = maison.lac.read("rapprochements_salaries").drop("part").collect()
    nommes = [
        frame.select(pl.col(nom).alias("identifiant"))
        for frame in (rapprochements, decides)
        for nom in ("identifiant", "vers")
    ]
    identifiants = pl.concat(nommes)["identifiant"].drop_nulls().unique().implode()
    nommee = pl.any_horizontal(pl.col("salarie", "temporaire").is_in(identifiants))
    identites = maison.lac.read("identites").drop("part").filter(nommee).collect()
    return Sources(rapprochements.sort(pl.all()), identites.sort(pl.all()), decides)
