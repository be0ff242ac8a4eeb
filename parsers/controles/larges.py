"""Controls that look wider than an individual, and what they need to know of a whole message.

A piece of a large message is not enough to judge them (`wide_of`): what they read (`wide_columns`)
is kept until the message ends. Where it does not matter how many rows say the same thing, nor
which, each value is kept once a declaration (`wide_values`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from parsers.controles.arbre import CLE_DECLARATION, CLE_ENVOI, Arbre, key_of, short_name
from parsers.controles.langage import QUANTIFICATEURS, names, parsed
from parsers.controles.lecture import Controle, controles_of
from parsers.dsn.grammaire import Grammaire, read_grammaire
from parsers.dsn.structure import EN_TETE

# What these find does not depend on how many rows are alike, nor on which of them is the first.
SANS_NOMBRE = ("existe", "aucun", "tous", "minimum", "maximum", "premiere_ligne")
_NOM = re.compile(r"\b(r\d\d_\d{3}|b\d\d)\b")
ParBloc = dict[str, tuple[Controle, ...]]


@dataclass(frozen=True, slots=True)
class _Regard:
    """A quantifier: the rows it looks at, under the ancestor that `cle` names, what it reads."""

    nom: str
    bloc: str
    cle: list[str]
    lus: frozenset[str]  # blocks

    @property
    def large(self) -> bool:
        """Whether it looks beyond an individual."""
        return self.cle in (CLE_DECLARATION, CLE_ENVOI)

    @property
    def sans_nombre(self) -> bool:
        """Whether each value of its rows, once a declaration, is enough for it."""
        siens = self.lus <= {self.bloc, *EN_TETE}
        return self.large and self.nom in SANS_NOMBRE and siens


@cache
def wide_of(version: str) -> ParBloc:
    """Controls of a version that wait for the end of the message, by block."""
    return _split(version, large=True)


@cache
def narrow_of(version: str) -> ParBloc:
    """The others, that a piece is enough to judge."""
    return _split(version, large=False)


def _split(version: str, *, large: bool) -> ParBloc:
    grammaire = read_grammaire(version)
    tries = {
        bloc: tuple(c for c in controles if looks_wide(c, grammaire) == large)
        for bloc, controles in controles_of(version).items()
    }
    return {bloc: controles for bloc, controles in tries.items() if controles}


def looks_wide(controle: Controle, grammaire: Grammaire) -> bool:
    """Whether a condition compares rows under a declaration or a message."""
    conditions = (controle.si, controle.alors, controle.sinon)
    return bool(controle.lit) or any(r.large for r in _looks(controle, conditions, grammaire))


@cache
def wide_columns(version: str) -> dict[str, tuple[str, ...]]:
    """Rubrics that the controls of `wide_of` read, by block, with the blocks above them."""
    grammaire = read_grammaire(version)
    blocs = _names(version)
    rubriques = {short_name(r): r for rs in grammaire.rubriques_du_bloc.values() for r in rs}
    lus: dict[str, set[str]] = {"S20.G00.05": {"S20.G00.05.007"}}  # when it was made
    for controle in _wide(version):
        textes = (controle.si, controle.alors, controle.sinon, controle.place, *controle.lit)
        nommes = set(_NOM.findall(" ".join(t for t in textes if t)))
        nommes.add(short_name(controle.rubrique))
        for nom in nommes & blocs.keys():
            lus.setdefault(blocs[nom], set()).update(r for r in [rubriques.get(nom)] if r)
        lus.setdefault(controle.bloc, set())
    for bloc in list(lus):
        for ancetre in grammaire.path(bloc):
            lus.setdefault(ancetre, set())
    return {bloc: tuple(sorted(noms)) for bloc, noms in lus.items()}


@cache
def wide_values(version: str) -> frozenset[str]:
    """Blocks of `wide_columns` that are only looked at, for the values they hold.

    Not those that are judged, counted or compared row by row, nor the blocks above these.
    """
    grammaire, blocs = read_grammaire(version), _names(version)
    entiers: set[str] = set()
    for controle in _wide(version):
        conditions = (controle.si, controle.alors, controle.sinon, controle.place)
        regards = _looks(controle, conditions, grammaire)
        entiers |= {controle.bloc, *(r.bloc for r in regards if not r.sans_nombre)}
        entiers |= {blocs[nom] for nom in controle.lit if nom in blocs}
    return frozenset(wide_columns(version)) - {b for e in entiers for b in grammaire.path(e)}


def _wide(version: str) -> Iterator[Controle]:
    return (controle for controles in wide_of(version).values() for controle in controles)


@cache
def _names(version: str) -> dict[str, str]:
    """`parsers.controles.langage.names`, of a version."""
    return names(Arbre(read_grammaire(version), {}))


def _looks(
    controle: Controle, conditions: tuple[str | None, ...], grammaire: Grammaire
) -> Iterator[_Regard]:
    """Every quantifier of some conditions of a control."""
    arbre, blocs = Arbre(grammaire, {}), _names(grammaire.norme.version)
    for condition in conditions:
        if condition is not None:
            yield from _looks_in(parsed(condition), controle.bloc, arbre, blocs)


def _looks_in(noeud: ast.AST, bloc: str, arbre: Arbre, blocs: dict[str, str]) -> Iterator[_Regard]:
    """Those of a condition on rows of `bloc`."""
    nom = getattr(noeud.func, "id", "") if isinstance(noeud, ast.Call) else ""
    dedans = bloc
    if isinstance(noeud, ast.Call) and (nom == "unique" or nom in QUANTIFICATEURS):
        if nom in QUANTIFICATEURS:
            dedans = blocs.get(ast.unparse(noeud.args[0]), bloc)
        options = {mot.arg: ast.unparse(mot.value) for mot in noeud.keywords}
        cle = (
            key_of(blocs[options["dans"]]) if "dans" in options else arbre.shared_key(bloc, dedans)
        )
        nommes = {n.id for n in ast.walk(noeud) if isinstance(n, ast.Name)}
        yield _Regard(nom, dedans, cle, frozenset(blocs[n] for n in nommes & blocs.keys()))
    for enfant in ast.iter_child_nodes(noeud):
        yield from _looks_in(enfant, dedans, arbre, blocs)
