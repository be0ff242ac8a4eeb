"""What the documents of a company are composed from: its rows of the published tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.editique.valeurs import Entreprise


@dataclass(frozen=True, slots=True)
class Dossier:
    """One company and its rows of some tables, by name, as of a publication."""

    entreprise: Entreprise
    tables: dict[str, pl.DataFrame]
    depots: pl.DataFrame
    date_arrete: date
    publication: int

    def restrict(self, cdg: str | None) -> Dossier:
        """The same for one management centre (the whole company when None)."""
        if cdg is None:
            return self
        du_centre = pl.col("cdg") == cdg
        tables = {nom: frame.filter(du_centre) for nom, frame in self.tables.items()}
        return replace(self, entreprise=replace(self.entreprise, cdg=cdg), tables=tables)


def read_dossiers(
    lire: Callable[[str], pl.LazyFrame],
    adherents: pl.DataFrame,
    tables: Sequence[str],
    date_arrete: date,
    publication: int,
) -> Iterator[Dossier]:
    """The companies of `adherents` (siren, numero_adherent, raison_sociale), by siren.

    `lire` gives the rows of a table, of the lake or of a publication; each is read once.
    """
    sirens = adherents["siren"].implode()
    lues = {nom: lire(nom).filter(pl.col("siren").is_in(sirens)).collect() for nom in tables}
    parts = {nom: frame.partition_by("siren", as_dict=True) for nom, frame in lues.items()}
    depots = lire("depots").select("depot", "nom").collect()
    colonnes = ["numero_adherent", "siren", "raison_sociale"]
    for numero, siren, nom in adherents.sort("siren").select(colonnes).iter_rows():
        yield Dossier(
            entreprise=Entreprise(numero, siren, nom),
            tables={t: parts[t].get((siren,), lues[t].clear()) for t in tables},
            depots=depots,
            date_arrete=date_arrete,
            publication=publication,
        )
