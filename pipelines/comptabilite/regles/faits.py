"""What the accounts are computed from: frames that the other pieces publish."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from pipelines.dus import SCHEMA as DU
from specs.contrats import read_contrat, schema_polars


def _none_of(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=schema_polars(read_contrat(table)))


@dataclass(frozen=True, slots=True)
class Faits:
    """Facts of some whole companies, published and of tonight (see the contracts of each).

    `centres`: cdg (key), siren, adherent. `decisions`: those of the registry, whatever their
    nature. `obligatoires`: codes of the contributions that bear late increases. `dus`: what the
    fund owes, rows of `pipelines.dus`; `reglements`: transfers in their present state.
    """

    appels: pl.DataFrame
    lignes_appel: pl.DataFrame
    encaissements: pl.DataFrame
    prelevements: pl.DataFrame
    prelevements_appels: pl.DataFrame
    decisions: pl.DataFrame
    centres: pl.DataFrame
    obligatoires: frozenset[str]
    dus: pl.DataFrame = field(default_factory=DU.to_frame)
    reglements: pl.DataFrame = field(default_factory=lambda: _none_of("reglements"))
    decaissements: pl.DataFrame = field(default_factory=lambda: _none_of("decaissements"))
