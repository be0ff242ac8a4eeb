"""The few controls that the language of conditions can't say: one short function each.

A function takes the rows of its block (`Cadre`) and returns those that break the control.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from parsers.controles.langage import Cadre

PARTICULIERS: dict[str, Callable[[Cadre], pl.DataFrame]] = {}


def particulier(
    identifiant: str,
) -> Callable[[Callable[[Cadre], pl.DataFrame]], Callable[[Cadre], pl.DataFrame]]:
    """Register the function of one control."""

    def register(juge: Callable[[Cadre], pl.DataFrame]) -> Callable[[Cadre], pl.DataFrame]:
        PARTICULIERS[identifiant] = juge
        return juge

    return register
