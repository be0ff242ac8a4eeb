"""What a task reads of the registry, read once: as an import left it, it does not change.

with keep_lectures():
    read_adherents(c, vue.registre)
    read_adherents(c, vue.registre)  # the same frame
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec

import polars as pl
from sqlalchemy import Connection

P = ParamSpec("P")
Lecture = Callable[Concatenate[Connection, P], pl.DataFrame]
_LUES: ContextVar[dict[Hashable, pl.DataFrame] | None] = ContextVar("lues", default=None)


@contextmanager
def keep_lectures() -> Iterator[None]:
    """Until the end of the block, a version of a table is read once, then kept in memory."""
    if _LUES.get() is not None:
        yield
        return
    jeton = _LUES.set({})
    try:
        yield
    finally:
        _LUES.reset(jeton)


def read_once(read: Lecture[P]) -> Lecture[P]:
    """The same reading, kept when it is given a `version`: the present is read again."""
    attendus = signature(read)

    @wraps(read)
    def lit(c: Connection, /, *dits: P.args, **nommes: P.kwargs) -> pl.DataFrame:
        lues = _LUES.get()
        recus = attendus.bind(c, *dits, **nommes).arguments
        if lues is None or recus.get("version") is None:
            return read(c, *dits, **nommes)
        _, *autres = recus.values()
        cle = (c.engine, read, *autres)
        if cle not in lues:
            lues[cle] = read(c, *dits, **nommes)
        return lues[cle]

    return lit
