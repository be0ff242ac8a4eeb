"""A fund of two shards: the scheduler maps its tasks on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Caisse


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows the companies of the sample files."""
    return make_caisse(nombre_parts=2)
