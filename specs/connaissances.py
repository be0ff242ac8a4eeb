"""What the rules know beside the data: the dated values and the options, as one value.

The rules receive it: a case changes a rate or an option by giving another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from specs.baremes import Baremes, read_baremes
from specs.options import choix_at, read_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specs.options import Option
    from specs.periodes import Mois


@dataclass(frozen=True, slots=True)
class Connaissances:
    """Dated values and options, each by code."""

    baremes: Baremes
    options: Mapping[str, Option]

    def option_at(self, nom: str, mois: Mois) -> str:
        """The answer to the option for `mois`; OptionRefusee when there is none to apply."""
        return choix_at(self.options, nom, mois)


@cache
def read_connaissances() -> Connaissances:
    """Those of `specs`."""
    return Connaissances(read_baremes(), read_options())
