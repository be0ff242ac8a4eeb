"""The guard of the cost of a night: what it counts follows the members, and not the fund's age.

Counts, not times: the same on every machine. The measures of `bench/croissance.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.compteurs import FICHIERS, FSYNC, OCTETS, REQUETES, VERSIONS, count
from bench.croissance import DEBUT, FOIS
from bench.nuits import CPU_MS, play_nuits
from specs.periodes import Mois
from warehouse.maison import open_maison
from warehouse.publications import read_table_publiee
from warehouse.reglages import Reglages

# From the third night on, each reads the same of the nights before it.
ADHERENTS, REGIME, MOIS = 4, 3, 5
# Nothing grows with time; but letters are owed some nights more than others, each synchronised.
AVEC_LE_TEMPS = {REQUETES: 1.03, FSYNC: 1.3, VERSIONS: 1.1, FICHIERS: 1.1, OCTETS: 1.1}
AVEC_LES_MEMBRES = dict.fromkeys(AVEC_LE_TEMPS, 4.5)


def find_excess(avant: Counter[str], apres: Counter[str], fois: Mapping[str, float]) -> set[str]:
    """Counts of which there are more than so many times as many."""
    return {nom for nom, limite in fois.items() if apres[nom] > limite * avant[nom]}


@pytest.fixture(scope="module")
def petites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Counter[str]]]:
    """The home of a small fund, and its nights, one a month."""
    dossier = tmp_path_factory.mktemp("petite")
    mois = Mois.range(DEBUT, DEBUT.shift(MOIS - 1))
    return dossier, list(play_nuits(dossier, ADHERENTS, mois))


def test_a_night_costs_no_more_than_its_members(
    petites: tuple[Path, list[Counter[str]]], tmp_path: Path
) -> None:
    """Four times the members: four and a half times each count at most."""
    (grande,) = play_nuits(tmp_path, FOIS * ADHERENTS, (DEBUT,))
    assert set(grande) == {*AVEC_LES_MEMBRES, CPU_MS}
    assert find_excess(petites[1][0], grande, AVEC_LES_MEMBRES) == set()


def test_a_night_costs_no_more_with_the_years(petites: tuple[Path, list[Counter[str]]]) -> None:
    """Two more months behind it: the last night asks no more of the stores."""
    _, nuits = petites
    assert find_excess(nuits[REGIME - 1], nuits[-1], AVEC_LE_TEMPS) == set()


def test_a_planted_growth_is_seen(petites: tuple[Path, list[Counter[str]]]) -> None:
    """A statement for each base ever declared, as a reading row by row makes: the guard sees it."""
    dossier, nuits = petites
    maison = open_maison(Reglages(dossier=dossier, nombre_parts=1))
    plantees = []
    for publication in (REGIME, MOIS):
        bases = read_table_publiee(maison, "bases", publication).collect().height
        with count(maison) as comptes, maison.moteur.connect() as connexion:
            for _ in range(bases):
                connexion.execute(select(1))
        plantees.append(comptes)
    assert plantees[1][REQUETES] > plantees[0][REQUETES] > 0
    avant, apres = nuits[REGIME - 1] + plantees[0], nuits[-1] + plantees[1]
    assert find_excess(avant, apres, AVEC_LE_TEMPS) == {REQUETES}
