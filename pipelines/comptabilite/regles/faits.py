"""What the accounts are computed from: frames that the other pieces publish."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Faits:
    """Facts of some whole companies, published and of tonight (see the contracts of each).

    `centres`: cdg (key), siren, adherent. `decisions`: those of the registry, whatever their
    nature. `obligatoires`: codes of the contributions that bear late increases.
    """

    appels: pl.DataFrame
    lignes_appel: pl.DataFrame
    encaissements: pl.DataFrame
    prelevements: pl.DataFrame
    prelevements_appels: pl.DataFrame
    decisions: pl.DataFrame
    centres: pl.DataFrame
    obligatoires: frozenset[str]
