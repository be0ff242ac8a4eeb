"""What the rules know, with other answers to options."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from specs.connaissances import Connaissances, read_connaissances
from specs.options import Choix


def with_options(**reponses: str) -> Connaissances:
    """The fund's, but for these answers."""
    savoir = read_connaissances()
    options = {
        nom: replace(savoir.options[nom], valeurs=(Choix(date.min, reponse, "essai", None),))
        for nom, reponse in reponses.items()
    }
    return replace(savoir, options=MappingProxyType({**savoir.options, **options}))
