"""Every golden case holds, and the cases cover the rates and the settled choices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.cas.domaines import list_domaines, run_cas
from pipelines.cas.ecarts import check_cas
from pipelines.cas.lecture import read_cas
from pipelines.cas.valeurs import Cas
from pipelines.metiers import METIERS
from specs.baremes import cotisations_appliquees, read_taux
from specs.periodes import Mois

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

RACINE = Path(__file__).parent
FICHIERS = sorted(RACINE.rglob("*.yaml"))
DOMAINES = list_domaines(METIERS)
CAS = [cas for fichier in FICHIERS for cas in read_cas(fichier, DOMAINES)]
TOUJOURS = "1900-01"  # the first month of what never was otherwise
DECISIONS = (
    "A-01", "A-02", "A-03", "A-04", "S-01", "S-02",
    "C-01", "C-02", "C-03", "C-04", "C-05", "C-06", "C-07", "C-08",
    *(f"I-{n:02}" for n in range(1, 45) if n not in {23, 36, 41, 42}),
    *(f"L-{n:02}" for n in (1, 4, 5, 7, 8, 9, 11, 12, 13, 14, 15, 16, 25, 30, 35)),
    *(f"L-{n:02}" for n in (55, 56, 57, 58, 59, 60, 65, 66, 67, 68, 76)), "X-06",
    *(f"L-{n:02}" for n in (3, 6, 17, 18, 19, 20, 22, 23, 24, 27, 28, 29, 31, 32, 33, 34, 37, 38)),
    *(f"L-{n:02}" for n in (42, 43, 47, 48, 49, 50, 51, 53, 54, 61, 62, 63, 64, 69, 70)),
    *(f"L-{n:02}" for n in range(72, 76)),
    "D-01", "D-02", "D-03", "D-04", "D-05", "D-06",
)  # fmt: skip


def _mark(cas: Cas) -> ParameterSet:
    """The case; a leave that is paid lasts, night after night: `make test-vite` leaves it."""
    lents = [pytest.mark.lent] if "demandes" in cas.entrees.valeurs else []
    return pytest.param(cas, id=cas.id, marks=lents)


@pytest.mark.parametrize("cas", map(_mark, CAS))
def test_a_golden_case_comes_out_as_written(cas: Cas) -> None:
    """The rules of the night give exactly the rows that the case expects."""
    assert cas.attendu, "un cas de référence dit ce qu'il attend"
    assert check_cas(cas, run_cas(cas, DOMAINES)) == []


def test_a_case_has_one_identifier_and_stands_in_the_folder_of_its_domain() -> None:
    """No two cases bear one identifier; tests/cas/<domaine>/ holds the cases of that domain."""
    identifiants = [cas.id for cas in CAS]
    assert len(identifiants) == len(set(identifiants))
    for fichier in FICHIERS:
        assert {cas.domaine for cas in read_cas(fichier, DOMAINES)} == {fichier.parent.name}


def _expected(table: str) -> set[tuple[str, str, int | None]]:
    """(cotisation, month of attachment, rate or None) of the rows that the cases expect."""
    return {
        (ligne["cotisation"], ligne["mois_rattachement"], ligne.get("taux_ppm"))
        for cas in CAS
        for ligne in cas.attendu.get(table, ())
        if {"cotisation", "mois_rattachement"} <= ligne.keys()
    }


def test_each_applied_rate_has_a_case_on_each_side_of_its_first_day() -> None:
    """The first month of a rate is called with it; the month before with the former, or waits."""
    appelees = _expected("lignes_appel")
    attentes = _expected("lignes_en_attente")
    assert set(read_taux()["cotisation"]) <= set(cotisations_appliquees())
    precedents: dict[tuple[str, str], int] = {
        (code, fin): taux
        for code, fin, taux in read_taux().select("cotisation", "fin", "taux_ppm").iter_rows()
    }
    dates = read_taux().filter(pl.col("debut") != TOUJOURS)
    for code, debut, taux in dates.select("cotisation", "debut", "taux_ppm").iter_rows():
        veille = str(Mois.parse(debut).previous())
        assert (code, debut, taux) in appelees, f"{code} : aucun cas en {debut}"
        avant = precedents.get((code, veille))
        cote = attentes if avant is None else appelees
        assert (code, veille, avant) in cote, f"{code} : aucun cas en {veille}"


@pytest.mark.parametrize("decision", DECISIONS)
def test_each_settled_choice_has_a_case(decision: str) -> None:
    """At least one case names the choice that it illustrates."""
    assert any(decision in cas.decisions for cas in CAS)


@pytest.mark.parametrize("identifiant", ["EX-C-30", "EX-C-31"])
def test_published_figures_are_marked_official(identifiant: str) -> None:
    """The examples that the fund published are told apart from those computed here."""
    assert [cas.officiel for cas in CAS if cas.id == identifiant] == [True]
