"""Which rules run a case: the domain that a business offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.cas.champs import CasInvalide, Champs
from pipelines.cas.valeurs import Cas, Resultat
from pipelines.metier import Metier, find
from specs.baremes import ValeurManquante
from specs.options import OptionRefusee


@dataclass(frozen=True, slots=True)
class Domaine:
    """`tables`: what comes out of it, with the columns; `run`: from the `entrees` of a case."""

    tables: Mapping[str, pl.Schema]
    run: Callable[[Champs, date], Resultat]


Domaines = Mapping[str, Domaine]


def list_domaines(metiers: Sequence[Metier]) -> Domaines:
    """The domains of these businesses, by name; each runner offers TABLES and run."""
    lieux = [domaine for metier in metiers for domaine in metier.cas]
    modules = {nom: find(lieu) for nom, lieu in lieux}
    return {nom: Domaine(module.TABLES, module.run) for nom, module in modules.items()}


def run_cas(cas: Cas, domaines: Domaines) -> Resultat:
    """Result of the rules of the night on the case; CasInvalide when its `entrees` are wrong."""
    try:
        return domaines[cas.domaine].run(cas.entrees, cas.date_arrete)
    except (ValeurManquante, OptionRefusee) as erreur:
        raise CasInvalide(f"cas {cas.id} : {erreur}") from erreur
