"""The golden cases of bad weather: every code is met, every night played learns something."""

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
from specs.messages import codes

FICHIERS = sorted((Path(__file__).parents[2] / "cas" / "intemperies").glob("*.yaml"))
UN_SUR = 8
CAS = [cas for fichier in FICHIERS for cas in read_cas(fichier, list_domaines(METIERS))]
# Told by the control of a file (tests/parsers/echanges/test_genres.py), by what compares with pays
# and other companies (test_signalements.py), or when a line told before changes (tests/nuit).
AILLEURS = {"IN-006", "IN-007", "IN-014", "IN-025", "IN-031", "IN-040", "IN-050"}
CODES = sorted({code for code in codes() if code.startswith("IN-")} - AILLEURS)


def tell(cas: Cas) -> set[str]:
    """Words of the rows that a case expects."""
    lignes = (ligne for lignes in cas.attendu.values() for ligne in lignes)
    textes = (str(valeur) for ligne in lignes for valeur in ligne.values())
    return {mot for texte in textes for mot in texte.split()}


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_case_that_meets_it(code: str) -> None:
    """In a day, a finding or a state of what it expects."""
    assert any(code in tell(cas) for cas in CAS)


def play(entrees: Entrees, nuits: list[date], publies: Publies) -> Publies:
    """The tables at the end of these nights."""
    for nuit in nuits:
        publies = compute_intemperies(*entrees.known(nuit), publies, nuit, entrees.savoir)
    return publies


@pytest.mark.parametrize("cas", CAS[::UN_SUR], ids=lambda cas: cas.id)
def test_a_night_that_learns_nothing_changes_nothing(cas: Cas) -> None:
    """The night of the decision date, played once more, gives the very same rows."""
    entrees = parse_entrees(cas.entrees)
    publies = play(entrees, entrees.nights(cas.date_arrete), Publies())
    encore = play(entrees, [cas.date_arrete], publies)
    for table in TABLES:
        nom = table.removesuffix("_intemperies")
        assert getattr(encore, nom).equals(getattr(publies, nom)), table
