"""The shape of the code: what a reader may count on in every file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

RACINE = Path(__file__).parents[2]
PIECES = ("cli", "dags", "parsers", "pipelines", "reporting", "sample_files", "specs", "warehouse")
FICHIER_LIGNES_MAX = 500
FONCTION_LIGNES_MAX = 70
DAG_LIGNES_MAX = 80
IMPOSES = {"process_bind_param", "process_result_value"}  # by SQLAlchemy, of a type of column
MOTS_BANNIS = re.compile(r"(^|_)(utils?|managers?|helpers?|misc|common|process)(_|$)")
FLOTTANTS = {"float", "Float32", "Float64", "Decimal"}
# What would make the same inputs give other bytes.
IMPURS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("os", "environ"),
    ("os", "getenv"),
    ("os", "urandom"),
    ("uuid", "uuid1"),
    ("uuid", "uuid4"),
}
MODULES_IMPURS = {"random", "secrets", "uuid", "time", "socket", "requests", "os"}


def sources(*dossiers: str) -> list[Path]:
    """Python files of some rooms."""
    return [f for dossier in dossiers for f in sorted((RACINE / dossier).rglob("*.py"))]


def faults(fichiers: list[Path], juge: Callable[[Path], object]) -> dict[str, object]:
    """What `juge` says of each file of which it says something, by its path."""
    dits = {str(f.relative_to(RACINE)): juge(f) for f in fichiers}
    return {chemin: dit for chemin, dit in dits.items() if dit}


@cache
def parse(fichier: Path) -> ast.Module:
    """The tree of a file."""
    return ast.parse(fichier.read_text("utf-8"), str(fichier))


def fonctions(arbre: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods of a file."""
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef):
            yield noeud


CODE = sources(*PIECES, "bench", "tests")
STORES = {"warehouse", "sqlalchemy", "deltalake", "duckdb", "airflow", "paramiko"}


def imported(fichier: Path) -> set[str]:
    """Top-level names of everything that a file imports, wherever it does."""
    return {nom for noeud in ast.walk(parse(fichier)) for nom in _imports(noeud)}


def _imports(noeud: ast.AST) -> set[str]:
    """Top-level modules that a statement imports."""
    if isinstance(noeud, ast.Import):
        return {alias.name.split(".")[0] for alias in noeud.names}
    if isinstance(noeud, ast.ImportFrom) and not noeud.level:
        return {(noeud.module or "").split(".")[0]}
    return set()


def is_pure(fichier: Path) -> bool:
    """Whether a file computes on frames and touches no store: a rule, whatever its name."""
    noms = imported(fichier)
    return "polars" in noms and not noms & STORES


@cache
def list_purs() -> list[Path]:
    """The rules, wherever they stand; found when they are asked: it reads every file."""
    return [f for f in sources("pipelines", "parsers") if is_pure(f) or "regles" in f.parts]


PARSERS = sources("parsers")


def test_files_stay_short() -> None:
    """No file above 500 lines."""

    def lignes_de_trop(fichier: Path) -> int:
        return max(0, len(fichier.read_text("utf-8").splitlines()) - FICHIER_LIGNES_MAX)

    assert faults(CODE, lignes_de_trop) == {}


def test_functions_stay_short() -> None:
    """No function above 70 lines."""

    def longues(fichier: Path) -> list[str]:
        return [
            fonction.name
            for fonction in fonctions(parse(fichier))
            if (fonction.end_lineno or 0) - fonction.lineno >= FONCTION_LIGNES_MAX
        ]

    assert faults(CODE, longues) == {}


def test_every_module_says_what_it_is() -> None:
    """A module begins with its docstring."""
    modules = sources(*PIECES, "bench")
    assert faults(modules, lambda f: not ast.get_docstring(parse(f))) == {}


def test_every_test_is_a_promise() -> None:
    """A test function says in one sentence what it promises."""

    def muets(fichier: Path) -> list[str]:
        return [
            fonction.name
            for fonction in fonctions(parse(fichier))
            if fonction.name.startswith("test_") and not ast.get_docstring(fonction)
        ]

    assert faults(sources("tests"), muets) == {}


def test_names_say_something() -> None:
    """No utils, manager, helper or process, in the name of a file, a class or a function."""
    assert faults(CODE, banned_names) == {}


def banned_names(fichier: Path) -> list[str]:
    """Names of a file, its folder included, that say nothing."""
    noms = [fichier.parent.name, fichier.stem]
    noms += [
        noeud.name
        for noeud in ast.walk(parse(fichier))
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    noms = [nom for nom in noms if nom not in IMPOSES]
    snake = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", nom).lower() for nom in noms]
    return [nom for nom in snake if MOTS_BANNIS.search(nom) and not nom.startswith("test_")]


def floats_in(arbre: ast.Module) -> list[str]:
    """Places that name a float, a decimal or a true division."""
    return [
        f"ligne {noeud.lineno}"
        for noeud in ast.walk(arbre)
        if isinstance(noeud, ast.expr)
        and (
            (isinstance(noeud, ast.Constant) and isinstance(noeud.value, float))
            or (isinstance(noeud, ast.Name) and noeud.id in FLOTTANTS)
            or (isinstance(noeud, ast.Attribute) and noeud.attr in FLOTTANTS)
            or (isinstance(noeud, ast.BinOp) and isinstance(noeud.op, ast.Div))
        )
    ]


def impurities_in(arbre: ast.Module) -> list[str]:
    """Places that read the clock, a source of randomness or the environment."""
    fautes = []
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Attribute) and isinstance(noeud.value, ast.Name | ast.Attribute):
            objet = noeud.value.id if isinstance(noeud.value, ast.Name) else noeud.value.attr
            if (objet, noeud.attr) in IMPURS:
                fautes.append(f"ligne {noeud.lineno} : {objet}.{noeud.attr}")
        fautes += [f"import de {nom}" for nom in _imports(noeud) & MODULES_IMPURS]
    return fautes


def test_what_computes_on_frames_holds_no_float_and_no_decimal() -> None:
    """Money, rates and hours are integers: what computes on them names no other kind of number."""
    assert faults(list_purs(), lambda f: floats_in(parse(f))) == {}


def test_parsers_and_rules_are_pure() -> None:
    """No clock, no randomness, no environment: what they give depends on what they are given."""
    assert faults(sorted({*list_purs(), *PARSERS}), lambda f: impurities_in(parse(f))) == {}


def test_rules_are_found_by_what_they_import() -> None:
    """What computes on frames is guarded wherever it is, and no rule has a store."""
    ailleurs = {f for f in list_purs() if "regles" not in f.parts}
    assert any(f.parts[-3:-1] == ("cotisations", "documents") for f in ailleurs)
    assert [f for f in list_purs() if imported(f) & STORES] == []


@pytest.mark.parametrize(
    "faute", ["x = 0.21", "x = float(y)", "x.cast(pl.Float64)", "Decimal(1)", "x = a / b"]
)
def test_a_float_in_a_rule_is_seen(faute: str) -> None:
    """The guard of integers sees each way of leaving them."""
    assert floats_in(ast.parse(faute))
    assert not floats_in(ast.parse("x = (a * b) // 1_000_000"))


@pytest.mark.parametrize(
    "faute",
    ["datetime.now()", "dt.date.today()", "os.environ['A']", "import random", "uuid.uuid4()"],
)
def test_an_impurity_is_seen(faute: str) -> None:
    """The guard of purity sees each way of depending on something else than the arguments."""
    assert impurities_in(ast.parse(faute))
    assert not impurities_in(ast.parse("from datetime import date\ndate(2026, 3, 1)"))


def test_no_sql_is_put_together_from_values() -> None:
    """The linter's rule against it (S608) is on, and no file of the engine is let off."""
    regles = tomllib.loads((RACINE / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert regles["select"] == ["ALL"]
    assert "S608" not in str(regles)
    assert [f.name for f in sources(*PIECES) if "S608" in f.read_text("utf-8")] == []


def test_specs_import_nothing_of_ours() -> None:
    """Data imports nothing of the house but data."""
    autres = set(PIECES) - {"specs"}
    assert faults(sources("specs"), lambda f: imported(f) & autres) == {}
