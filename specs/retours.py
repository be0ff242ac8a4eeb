"""How each nature of decision is gone back on: by a journalled reversal, or why not so, in French.

>>> read_retours()["AVOIR"] is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from specs.fichiers import read_yaml


@cache
def read_retours() -> Mapping[str, str | None]:
    """By nature: None when a reversal undoes it; else why none does, and what to do instead."""
    return MappingProxyType(read_yaml("specs", "retours"))
