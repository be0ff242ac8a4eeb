"""DAG files wire steps: short, light to parse, without business."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

RACINE = Path(__file__).parents[2]
DAGS = sorted((RACINE / "dags").glob("*.py"))
LIGNES_MAX = 80
# The list of the businesses and their order: names alone, see the last test.
LEGERS = ("pipelines.metiers", "pipelines.nuit.ordre")


@pytest.mark.parametrize("fichier", [pytest.param(f, id=f.name) for f in DAGS])
def test_a_dag_file_is_short_and_imports_only_the_scheduler(fichier: Path) -> None:
    """At most 80 lines; at top level airflow.sdk, what is asked of people, names of businesses."""
    texte = fichier.read_text("utf-8")
    assert len(texte.splitlines()) <= LIGNES_MAX
    for noeud in ast.parse(texte).body:
        if isinstance(noeud, ast.Import):
            modules = [alias.name for alias in noeud.names]
        elif isinstance(noeud, ast.ImportFrom):
            modules = [noeud.module or ""]
        else:
            continue
        for module in modules:
            admis = module.split(".")[0] in sys.stdlib_module_names
            admis |= module == "airflow.sdk" or module in LEGERS
            admis |= module.startswith("dags.demandes.")
            assert admis, f"ligne {noeud.lineno} : {module}"


def test_the_list_of_businesses_imports_nothing_but_the_standard_library() -> None:
    """To know the businesses and their order, no library is loaded."""
    programme = (
        "import sys; avant = set(sys.modules)\n"
        f"import {', '.join(LEGERS)}\n"
        "noms = {nom.split('.')[0] for nom in set(sys.modules) - avant}\n"
        "print(sorted(noms - set(sys.stdlib_module_names) - {'pipelines'}))"
    )
    sortie = subprocess.run(
        [sys.executable, "-c", programme], check=True, capture_output=True, text=True, cwd=RACINE
    ).stdout
    assert sortie.strip() == "[]"
