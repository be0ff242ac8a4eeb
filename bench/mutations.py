"""Which alterations of the rules their own tests see: drawn by seed, one at a time, in a copy.

    python bench/mutations.py --nombre 40 --graine 1

A comparison, a sum, a product, an « and », a negation or a whole number of a pure rule becomes
another. Its tests are those that name its module, or the folder that mirrors its business when none
does, nights left out; then the golden cases. Each mutant that none sees is printed: to read, then a
test or nothing to change. Fails under 85 %.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

RACINE = Path(__file__).parents[1]
COPIES = ("parsers", "pipelines", "specs", "warehouse", "cli", "reporting", "dags", "bench")
CAS = "tests/cas/test_cas.py"
SEUIL, DELAI_S = 0.85, 900
JUGES, RIEN_A_JOUER = {0, 1, 2}, 5  # how pytest ends
REMPLACES: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """An expression of a rule, and the one that takes its place."""

    fichier: str
    ligne: int
    avant: str
    apres: str
    source: str

    def describe(self) -> str:
        """Where it is, what it changes."""
        return f"{self.fichier}:{self.ligne} : {self.avant}  ->  {self.apres}"


def list_mutants(fichier: str) -> Iterator[Mutant]:
    """Every mutant of a module, annotations and texts left as they are."""
    source = (RACINE / fichier).read_text("utf-8")
    lignes = source.splitlines(keepends=True)
    debuts = [0]
    for ligne in lignes:
        debuts.append(debuts[-1] + len(ligne.encode()))
    octets = source.encode()
    for noeud in _walk(ast.parse(source)):
        autre = _mutate(noeud)
        if autre is None:
            continue
        debut = debuts[noeud.lineno - 1] + noeud.col_offset
        fin = debuts[noeud.end_lineno - 1] + noeud.end_col_offset
        avant, apres = octets[debut:fin].decode(), f"({ast.unparse(autre)})"
        mutee = (octets[:debut] + apres.encode() + octets[fin:]).decode()
        yield Mutant(fichier, noeud.lineno, " ".join(avant.split()), apres, mutee)


def _walk(noeud: ast.AST) -> Iterator[ast.expr]:
    """Expressions that run: no annotation, no alias of a type (`A | B`)."""
    for nom, enfant in ast.iter_fields(noeud):
        if nom in {"annotation", "returns", "decorator_list"} or isinstance(noeud, ast.AnnAssign):
            continue
        for dessous in enfant if isinstance(enfant, list) else [enfant]:
            if isinstance(dessous, ast.expr):
                yield dessous
            if isinstance(dessous, ast.AST):
                yield from _walk(dessous)


def _mutate(noeud: ast.expr) -> ast.expr | None:
    """Another expression in its place; None when there is none."""
    match noeud:
        case ast.Compare(ops=[op]) if type(op) in REMPLACES:
            return ast.Compare(noeud.left, [REMPLACES[type(op)]()], noeud.comparators)
        case ast.BinOp(op=op) if type(op) in REMPLACES:
            return ast.BinOp(noeud.left, REMPLACES[type(op)](), noeud.right)
        case ast.BoolOp(op=op):
            return ast.BoolOp(REMPLACES[type(op)](), noeud.values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return noeud.operand
        case ast.Constant(value=int(valeur)) if not isinstance(valeur, bool):
            return ast.Constant(valeur + 1)
    return None


def draw_mutants(nombre: int, graine: int) -> list[Mutant]:
    """So many, whatever the size of their modules: as many chances to each place of each rule."""
    modules = sorted((RACINE / "pipelines").glob("*/regles/**/*.py"))
    fichiers = [str(m.relative_to(RACINE)) for m in modules] + ["specs/montants.py"]
    tous = [mutant for fichier in fichiers for mutant in list_mutants(fichier)]
    print(f"{len(tous)} mutants de {len(fichiers)} modules, {nombre} tirés (graine {graine}).")
    return Random(graine).sample(tous, nombre)  # noqa: S311 - mutants, not secrets


def is_seen(copie: Path, mutant: Mutant) -> bool:
    """Whether a test fails or hangs in the copy that has it."""
    tests = find_tests(copie, mutant.fichier)
    cible = copie / mutant.fichier
    vraie = cible.read_text("utf-8")
    cible.write_text(mutant.source, "utf-8")
    try:
        return _fails(copie, tests) or _fails(copie, (CAS,))
    finally:
        cible.write_text(vraie, "utf-8")


@cache
def find_tests(copie: Path, fichier: str) -> tuple[str, ...]:
    """The tests of a module; all pass in the copy as it is.

    Raises:
        RuntimeError: one does not: nothing that it says of a mutant would count.
    """
    metier = Path(fichier).parts[1]
    dossier = f"tests/pipelines/{metier}" if metier != "montants.py" else "tests/specs"
    module = fichier.removesuffix(".py").replace("/", ".")
    fichiers = sorted((copie / dossier).rglob("test_*.py"))
    directs = tuple(str(f) for f in fichiers if module in f.read_text("utf-8"))
    tests = directs or (dossier,)
    if not _fails(copie, tests):
        return tests
    raise RuntimeError(f"{fichier} : ses tests échouent sans mutant")


def _fails(copie: Path, tests: tuple[str, ...]) -> bool:
    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-m", "not nuit and not lent"]
    environ = {"PYTHONPATH": str(copie), "POLARS_MAX_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        fait = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=copie,
            env=os.environ | environ,
            capture_output=True,
            timeout=DELAI_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    assert fait.returncode in {*JUGES, RIEN_A_JOUER}, fait.stdout.decode()[-500:]
    return fait.returncode not in {0, RIEN_A_JOUER}


def main() -> None:
    """Draw, alter, count."""
    lecteur = argparse.ArgumentParser(description=__doc__)
    lecteur.add_argument("--nombre", type=int, default=40)
    lecteur.add_argument("--graine", type=int, default=1)
    dits = lecteur.parse_args()
    vus, mutants = 0, draw_mutants(dits.nombre, dits.graine)
    with TemporaryDirectory() as nom:
        copie = Path(nom)
        for dossier in (*COPIES, "tests", "sample_files", "docs"):
            shutil.copytree(RACINE / dossier, copie / dossier)
        shutil.copy2(RACINE / "pyproject.toml", copie)
        for mutant in mutants:
            vu = is_seen(copie, mutant)
            vus += vu
            print(f"{'vu     ' if vu else 'PAS VU '} {mutant.describe()}", flush=True)
    print(f"{vus} mutants vus sur {len(mutants)} ({vus / len(mutants):.0%} ; seuil {SEUIL:.0%}).")
    sys.exit(vus < SEUIL * len(mutants))


if __name__ == "__main__":
    main()
