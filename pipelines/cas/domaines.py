"""Which rules run a case: one entry a domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.attestations.cas import execution as attestations
from pipelines.cas.champs import CasInvalide, Champs
from pipelines.cas.valeurs import Cas, Resultat
from pipelines.comptabilite.cas import execution as comptes
from pipelines.cotisations.cas import execution as cotisations
from pipelines.suivi.cas import execution as suivi
from specs.baremes import ValeurManquante
from specs.options import OptionRefusee


@dataclass(frozen=True, slots=True)
class Domaine:
    """`tables`: what comes out of it, with the columns; `run`: from the `entrees` of a case."""

    tables: Mapping[str, pl.Schema]
    run: Callable[[Champs, date], Resultat]


DOMAINES: Mapping[str, Domaine] = MappingProxyType(
    {
        "comptes": Domaine(comptes.TABLES, comptes.run),
        "cotisations": Domaine(cotisations.TABLES, cotisations.run),
        "suivi": Domaine(suivi.TABLES, suivi.run),
        "attestations": Domaine(attestations.TABLES, attestations.run),
    }
)


def run_cas(cas: Cas) -> Resultat:
    """Result of the rules of the night on the case; CasInvalide when its `entrees` are wrong."""
    try:
        return DOMAINES[cas.domaine].run(cas.entrees, cas.date_arrete)
    except (ValeurManquante, OptionRefusee) as erreur:
        raise CasInvalide(f"cas {cas.id} : {erreur}") from erreur
