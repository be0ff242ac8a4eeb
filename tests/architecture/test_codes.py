"""The codes of closed lists: written in the contracts, declared from them, never beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from specs.contrats import contrats
from tests.architecture.test_code import faults, parse, sources

RACINE = Path(__file__).parents[2]
PIECES = ("cli", "parsers", "pipelines", "reporting", "warehouse")
LISTES = [
    frozenset(colonne.valeurs)
    for contrat in contrats().values()
    for colonne in contrat.colonnes
    if colonne.valeurs
]
# Lower-case codes (`entier`, `signal`) are also words of the language; one letter says many things.
CODES = {code for liste in LISTES for code in liste if code.isupper() and len(code) > 1}
# Words of other vocabularies, spelled as a code is.
AUTRES = {
    "pipelines/controle/dsn.py": {"DSN"},  # nature of a file
    "pipelines/reglements/fichiers.py": {"BANQUE"},
    "pipelines/rapports/editeurs.py": {"DSN"},
    "pipelines/reception/reponses.py": {"ILLISIBLE", "DOUBLON"},  # typed by the receipt
    "warehouse/arrivees.py": {"RECU", "DOUBLON", "ILLISIBLE"},  # states of a deposit that comes
    "warehouse/tables_sql.py": {"A_REMETTRE", "REMISE"},  # states of a file to hand over
}
AUTRES_CLES = {
    "cli/verifier.py": {"DSN", "BANQUE"},  # natures of a file
    # A declaration set aside with its deposit, as if it were a status of its own.
    "pipelines/rapports/documents/rapport_pdf.py": {"MIS_A_L_ECART"},
}


VIVANTS = [f for f in sources(*PIECES) if "migrations" not in f.parts]  # migrations are frozen


def bare_codes(noeud: ast.AST) -> Iterator[str]:
    """Codes written under a node, but where they are declared and as keys of what is said of each.

    A type (`Literal`) names them too.
    """
    appelee = noeud.func if isinstance(noeud, ast.Call) else None
    if isinstance(appelee, ast.Name) and appelee.id in {"codes_of", "valeurs_of"}:
        return
    if isinstance(noeud, ast.Constant) and noeud.value in CODES:
        yield str(noeud.value)
    enfants = noeud.values if isinstance(noeud, ast.Dict) else ast.iter_child_nodes(noeud)
    for enfant in enfants:
        yield from bare_codes(enfant)


def is_constant(noeud: ast.stmt) -> bool:
    """Whether a statement of a module gives names to texts."""
    if not isinstance(noeud, ast.Assign | ast.AnnAssign):
        return False
    valeurs = noeud.value.elts if isinstance(noeud.value, ast.Tuple) else [noeud.value]
    return all(isinstance(valeur, ast.Constant) for valeur in valeurs)


def test_a_constant_is_declared_from_its_contract() -> None:
    """A name given to a code of a closed list is given by `codes_of`, which knows the list."""

    def nus(fichier: Path) -> set[str]:
        constantes = filter(is_constant, parse(fichier).body)
        return {code for noeud in constantes for code in bare_codes(noeud)}

    assert faults(VIVANTS, nus) == AUTRES


def test_a_rule_writes_no_code() -> None:
    """In a pure rule every code of a closed list is a constant declared from its contract."""
    regles = [f for f in VIVANTS if "/regles" in str(f)]
    assert len(regles) > 100
    assert faults(regles, lambda f: set(bare_codes(parse(f)))) == {}


def test_what_is_said_of_codes_is_said_of_one_list() -> None:
    """The codes that are keys of one mapping belong together to a closed list."""

    def melees(fichier: Path) -> list[tuple[int, set[str]]]:
        autres = AUTRES_CLES.get(str(fichier.relative_to(RACINE)), set())
        dits = [noeud for noeud in ast.walk(parse(fichier)) if isinstance(noeud, ast.Dict)]
        cles = [(noeud.lineno, coded_keys(noeud) - autres) for noeud in dits]
        return [(ligne, c) for ligne, c in cles if not any(c <= liste for liste in LISTES)]

    assert faults(VIVANTS, melees) == {}


def coded_keys(noeud: ast.Dict) -> set[str]:
    """Keys of a mapping that are codes of a closed list."""
    return {str(c.value) for c in noeud.keys if isinstance(c, ast.Constant)} & CODES
