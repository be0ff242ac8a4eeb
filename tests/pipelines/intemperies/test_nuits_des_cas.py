"""The nights that a golden case plays: those that learn something, and those alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.cas.domaines import list_domaines
from pipelines.cas.lecture import read_cas
from pipelines.cas.valeurs import Cas
from pipelines.intemperies.cas.entrees import Entrees, parse_entrees
from pipelines.intemperies.regles.calcul import TABLES, Publies, compute_intemperies
from pipelines.metiers import METIERS

FICHIERS = sorted((Path(__file__).parents[2] / "cas" / "intemperies").glob("*.yaml"))
UN_SUR = 8
CAS = [cas for fichier in FICHIERS for cas in read_cas(fichier, list_domaines(METIERS))][::UN_SUR]


def play(entrees: Entrees, nuits: list[date], publies: Publies) -> Publies:
    """The tables at the end of these nights."""
    for nuit in nuits:
        publies = compute_intemperies(*entrees.known(nuit), publies, nuit, entrees.savoir)
    return publies


@pytest.mark.parametrize("cas", CAS, ids=lambda cas: cas.id)
def test_a_night_that_learns_nothing_changes_nothing(cas: Cas) -> None:
    """The night of the decision date, played once more, gives the very same rows."""
    entrees = parse_entrees(cas.entrees)
    publies = play(entrees, entrees.nights(cas.date_arrete), Publies())
    encore = play(entrees, [cas.date_arrete], publies)
    for table in TABLES:
        nom = table.removesuffix("_intemperies")
        assert getattr(encore, nom).equals(getattr(publies, nom)), table
