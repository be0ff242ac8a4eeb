"""DAG files wire steps: short, light to parse, without business."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

DAGS = sorted((Path(__file__).parents[2] / "dags").glob("*.py"))
LIGNES_MAX = 80


@pytest.mark.parametrize("fichier", [pytest.param(f, id=f.name) for f in DAGS])
def test_a_dag_file_is_short_and_imports_only_the_scheduler(fichier: Path) -> None:
    """At most 80 lines; at top level only airflow.sdk and the standard library."""
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
            assert admis or module == "airflow.sdk", f"ligne {noeud.lineno} : {module}"
