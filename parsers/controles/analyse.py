"""What can be said of a condition before judging any row.

`may_break`: whether a control can find a fault at all, when some rubrics and blocks are nowhere in
the piece. Most controls are about what a message does not hold: they cost nothing.
`looks_wide`: whether it compares rows beyond an individual, so that a piece of a large message is
not enough to judge it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from enum import Enum, auto
from functools import cache

from parsers.controles.arbre import CLE_DECLARATION, CLE_ENVOI, Arbre, key_of
from parsers.controles.langage import (
    MESURES,
    NEGATIONS,
    QUANTIFICATEURS,
    names,
    parsed,
)
from parsers.controles.lecture import Controle
from parsers.dsn.grammaire import Grammaire, read_grammaire

# Functions that give null when one of their values is null.
NULLES_SI_NULLES = frozenset(
    {
        *("debut", "fin", "extrait", "longueur", "minuscules", "correspond", "entier", "concat"),
        *("jour", "mois", "fin_mois", "annee", "date_de", "plus_jours", "plus_mois"),
        *("jours_entre", "dans_table", "cedex", "cle"),
    }
)


class Verite(Enum):
    """What a condition is worth on every row: the same everywhere, or it varies."""

    VRAI = auto()
    FAUX = auto()
    INCONNU = auto()
    VARIE = auto()


VRAI, FAUX, INCONNU, VARIE = Verite
CONTRAIRES = {VRAI: FAUX, FAUX: VRAI, INCONNU: INCONNU, VARIE: VARIE}


def may_break(controle: Controle, absents: Collection[str]) -> bool:
    """Whether some row may break the control when the `absents` (r40_007, b40) are nowhere."""
    if controle.particulier:
        return True
    si = _worth(controle.si, absents)
    alors, sinon = _worth(controle.alors, absents), _worth(controle.sinon, absents)
    juge = si in (VRAI, VARIE) and alors in (FAUX, VARIE)
    return juge or (si is not VRAI and sinon in (FAUX, VARIE))


def _worth(condition: str | None, absents: Collection[str]) -> Verite:
    return VRAI if condition is None else _truth(parsed(condition), absents)


def _truth(noeud: ast.AST, absents: Collection[str]) -> Verite:
    """Worth of a node; of a value: INCONNU when it is nowhere."""
    match noeud:
        case ast.Name(id=nom) | ast.Attribute(attr=nom):
            return INCONNU if nom in absents else VARIE
        case ast.BoolOp(op=operation, values=valeurs):
            arret = FAUX if isinstance(operation, ast.And) else VRAI
            return _joined({_truth(v, absents) for v in valeurs}, arret)
        case ast.UnaryOp(op=ast.Not(), operand=valeur):
            return CONTRAIRES[_truth(valeur, absents)]
        case ast.Call():
            return _call(noeud, absents)
        case _:
            dedans = {_truth(v, absents) for v in ast.iter_child_nodes(noeud)}
            return INCONNU if INCONNU in dedans else VARIE


def _joined(valeurs: set[Verite], arret: Verite) -> Verite:
    """Of `and` (`arret` FAUX) or `or` (VRAI): one such value decides for all."""
    if arret in valeurs:
        return arret
    if VARIE in valeurs:
        return VARIE
    return INCONNU if INCONNU in valeurs else CONTRAIRES[arret]


def _call(noeud: ast.Call, absents: Collection[str]) -> Verite:
    nom = getattr(noeud.func, "id", "")
    valeurs = {_truth(v, absents) for v in noeud.args}
    if nom == "present":
        return FAUX if INCONNU in valeurs else VARIE
    if nom == "absent":
        return VRAI if valeurs == {INCONNU} else VARIE
    if nom in QUANTIFICATEURS and nom not in MESURES:
        return _quantifier(nom, noeud, absents)
    if nom == "unique" or nom in NULLES_SI_NULLES:
        return INCONNU if INCONNU in valeurs else VARIE
    return VARIE


def _quantifier(nom: str, noeud: ast.Call, absents: Collection[str]) -> Verite:
    """No row of the block, or none that satisfies the condition."""
    cherche = VRAI if len(noeud.args) == 1 else _truth(noeud.args[1], absents)
    if nom == "tous":
        cherche = CONTRAIRES[cherche]
    if ast.unparse(noeud.args[0]) in absents or cherche in (FAUX, INCONNU):
        return VRAI if nom in NEGATIONS else FAUX
    return VARIE


def looks_wide(controle: Controle, grammaire: Grammaire) -> bool:
    """Whether a condition compares rows under a declaration or a message."""
    arbre, blocs = Arbre(grammaire, {}), names_of(grammaire.norme.version)
    return bool(controle.lit) or any(
        cle in (CLE_DECLARATION, CLE_ENVOI)
        for condition in (controle.si, controle.alors, controle.sinon)
        if condition is not None
        for cle in _keys(parsed(condition), controle.bloc, arbre, blocs)
    )


@cache
def names_of(version: str) -> dict[str, str]:
    """`parsers.controles.langage.names`, of a version."""
    return names(Arbre(read_grammaire(version), {}))


def _keys(noeud: ast.AST, bloc: str, arbre: Arbre, blocs: dict[str, str]) -> Iterator[list[str]]:
    """Common ancestors under which a condition on rows of `bloc` looks for other rows."""
    nom = getattr(noeud.func, "id", "") if isinstance(noeud, ast.Call) else ""
    dedans = bloc
    if isinstance(noeud, ast.Call) and (nom == "unique" or nom in QUANTIFICATEURS):
        if nom in QUANTIFICATEURS:
            dedans = blocs.get(ast.unparse(noeud.args[0]), bloc)
        options = {mot.arg: ast.unparse(mot.value) for mot in noeud.keywords}
        yield (
            key_of(blocs[options["dans"]]) if "dans" in options else arbre.shared_key(bloc, dedans)
        )
    for enfant in ast.iter_child_nodes(noeud):
        yield from _keys(enfant, dedans, arbre, blocs)
