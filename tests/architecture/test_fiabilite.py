"""`docs/fiabilite.md`: every target once, what it cites exists, its counts are its rows'."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

RACINE = Path(__file__).parents[2]
DOCS = RACINE / "docs"
PAGE = (DOCS / "fiabilite.md").read_text("utf-8")
CIBLES = {"A": 7, "B": 7, "C": 4, "D": 6, "E": 7, "F": 5, "G": 7, "H": 7, "I": 5, "J": 4}
LIGNE = re.compile(r"^\| ([A-J]\d+) \| (.+) \| (.+) \| ([\w ]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
BANC = re.compile(r"`(?:python )?(bench/\w+\.py)([^`]*)`")
LIEN = re.compile(r"\]\(([\w./]+)\)")
# What a row must cite to say so.
ETATS = {"test": TEST, "banc": BANC, "page": LIEN, "en partie": None, "non tenue": None}
COMPTE = re.compile(rf"^\| ({'|'.join(ETATS)}) \|.* (\d+) \|$", re.MULTILINE)
LIGNES = LIGNE.findall(PAGE)


@cache
def functions_of(fichier: Path) -> set[str]:
    """Names of the functions of a file, whatever their depth."""
    arbre = ast.parse(fichier.read_text("utf-8"))
    return {noeud.name for noeud in ast.walk(arbre) if isinstance(noeud, ast.FunctionDef)}


def test_every_target_has_its_row() -> None:
    """Once, in order, and each says where it stands."""
    attendues = [f"{serie}{rang}" for serie, n in CIBLES.items() for rang in range(1, n + 1)]
    assert [ligne[0] for ligne in LIGNES] == attendues
    assert {ligne[3] for ligne in LIGNES} == set(ETATS)


@pytest.mark.parametrize(("cible", "tenue", "etat"), [(a, c, d) for a, _, c, d in LIGNES])
def test_a_row_cites_what_holds_it(cible: str, tenue: str, etat: str) -> None:
    """A test for one held by a test, a bench for a bench, a page for a page."""
    preuve = ETATS[etat]
    assert preuve is None or preuve.search(tenue), cible


def test_what_the_page_cites_exists() -> None:
    """Tests by their names, benches with their options, pages."""
    absents = [
        f"{fichier}::{nom}"
        for fichier, nom in TEST.findall(PAGE)
        if not (RACINE / fichier).is_file() or nom not in functions_of(RACINE / fichier)
    ]
    absents += [
        f"{fichier} {option}"
        for fichier, options in BANC.findall(PAGE)
        for option in ["", *re.findall(r"--[a-z-]+", options)]
        if not (RACINE / fichier).is_file() or option not in (RACINE / fichier).read_text("utf-8")
    ]
    absents += [lien for lien in LIEN.findall(PAGE) if not (DOCS / lien).exists()]
    assert absents == []


def test_the_counts_are_those_of_the_rows() -> None:
    """The table at the top of the page."""
    dits = {etat: int(nombre) for etat, nombre in COMPTE.findall(PAGE)}
    assert dits == Counter(ligne[3] for ligne in LIGNES)
