"""The steps read the registry and the decisions as their night found them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import warehouse.decisions
import warehouse.registre

RACINE = Path(__file__).parents[2]
LECTURES = {
    nom: len(signature(fonction).parameters)
    for module in (warehouse.registre, warehouse.decisions)
    for nom, fonction in vars(module).items()
    if nom.startswith("read_") and {"version", "derniere"} & set(signature(fonction).parameters)
}
# What the scans of the day, the demands and a decision gone back on do is of no night: members,
# boxes, rights, answers, decisions are those of today.
AU_PRESENT = {
    "pipelines/echanges/admission.py",
    "pipelines/echanges/admission_dsn.py",
    "pipelines/poste/suggestions.py",
    "pipelines/rapports/documents/controles.py",
    "pipelines/reception/boites.py",
    "pipelines/retraitement/annulations.py",
}


def _reads(source: Path) -> Iterator[ast.Call]:
    for noeud in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.Call) and getattr(noeud.func, "id", None) in LECTURES:
            yield noeud


def test_une_etape_dit_ce_qu_elle_lit() -> None:
    """No reading of `pipelines` leaves out the import, or the decision, up to which it reads."""
    lues = [
        (source.relative_to(RACINE).as_posix(), lecture)
        for source in sorted((RACINE / "pipelines").rglob("*.py"))
        for lecture in _reads(source)
    ]
    assert len(LECTURES) == 26
    assert len(lues) > 20
    sans = {
        (chemin, lecture.lineno)
        for chemin, lecture in lues
        if len(lecture.args) + len(lecture.keywords) < LECTURES[lecture.func.id]  # type: ignore[attr-defined]
    }
    assert {chemin for chemin, _ in sans} == AU_PRESENT, sans
