"""Runs of elements that are treated together: what is done once a run costs little to each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def cut_lots(
    elements: Iterable[T], poids: Callable[[T], int], limite: int, nombre: int = 0
) -> Iterator[list[T]]:
    """Consecutive elements that weigh `limite` at most together; one that weighs more is alone.

    `nombre`: at most so many of them (0: any).

    >>> list(cut_lots([3, 4, 9, 1, 1, 1], int, limite=7, nombre=2))
    [[3, 4], [9], [1, 1], [1]]
    """
    lot: list[T] = []
    total = 0
    for element in elements:
        if lot and (total + poids(element) > limite or len(lot) == nombre):
            yield lot
            lot, total = [], 0
        lot.append(element)
        total += poids(element)
    if lot:
        yield lot


def fingerprint_lot(contenus: Iterable[str]) -> str:
    """SHA-256 of a lot by those of its files, in their order: a key of the journal is short."""
    return hashlib.sha256(",".join(contenus).encode()).hexdigest()
