"""Streams of pseudo-random numbers, one a thing to draw, derived from the seed of the portfolio."""

from __future__ import annotations

from random import Random


def stream(graine: int, *noms: object) -> Random:
    """The stream of `noms` (rank of a company, month...): the same draws on every machine.

    A text seed goes through SHA-512, never through `hash`.
    """
    return Random("/".join(str(nom) for nom in (graine, *noms)))  # noqa: S311, no secret here


def happens(rng: Random, pour_mille: int) -> bool:
    """An event of probability `pour_mille` / 1000."""
    return rng.randrange(1000) < pour_mille
