"""Scopes of a token of the API: what it may do of what its user may.

>>> services_of(["lecture:conges", "depot"])
frozenset({'conges'})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from specs.contrats import valeurs_of
from specs.espace import TOUS

LECTURE, DEPOT = "lecture", "depot"
SEPARATEUR = ":"


@cache
def read_portees() -> Mapping[str, str]:
    """What each scope opens, in French."""
    services = valeurs_of("droits_utilisateurs", "service")
    lectures = {
        f"{LECTURE}{SEPARATEUR}{service}": f"lire ce que l'utilisateur lit : {sens}"
        for service, sens in services.items()
        if service != TOUS
    }
    tout = {LECTURE: "lire tout ce que l'utilisateur lit"}
    return MappingProxyType(tout | lectures | {DEPOT: "déposer des fichiers, s'il en dépose"})


def services_of(portees: Iterable[str]) -> frozenset[str]:
    """Services that scopes let read; TOUS for all, none when they only deposit."""
    lues = (portee.partition(SEPARATEUR) for portee in portees)
    return frozenset(service or TOUS for nom, _, service in lues if nom == LECTURE)
