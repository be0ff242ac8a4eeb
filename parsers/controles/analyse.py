"""What can be said of a control before judging any row: whether it can find a fault at all.

It is told from what the piece bears nowhere and from the codes it holds. Most controls are about
what a message does not hold: they cost nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet
from enum import Enum, auto

from parsers.controles.arbre import Contenu
from parsers.controles.langage import MESURES, NEGATIONS, QUANTIFICATEURS, parsed
from parsers.controles.lecture import Controle
from specs.dsn import read_codes

# Functions that give null when one of their values is null.
NULLES_SI_NULLES = frozenset(
    {
        *("debut", "fin", "extrait", "longueur", "minuscules", "correspond", "entier", "concat"),
        *("jour", "mois", "fin_mois", "annee", "date_de", "plus_jours", "plus_mois"),
        *("jours_entre", "mois_entames", "dans_table", "cedex", "cle"),
    }
)


class Verite(Enum):
    """What a condition is worth on every row: the same everywhere, or it varies.

    JAMAIS true: false or unknown; TOUJOURS: true or unknown.
    """

    VRAI = auto()
    TOUJOURS = auto()
    FAUX = auto()
    JAMAIS = auto()
    INCONNU = auto()
    VARIE = auto()


VRAI, TOUJOURS, FAUX, JAMAIS, INCONNU, VARIE = Verite
CONTRAIRES = {
    VRAI: FAUX,
    TOUJOURS: JAMAIS,
    FAUX: VRAI,
    JAMAIS: TOUJOURS,
    INCONNU: INCONNU,
    VARIE: VARIE,
}
# What conditions put together are worth: the first of these that one of them is.
ET = (FAUX, JAMAIS, VARIE, INCONNU, TOUJOURS, VRAI)
OU = (VRAI, TOUJOURS, VARIE, INCONNU, JAMAIS, FAUX)
JUGE, REFUSE = (VRAI, TOUJOURS, VARIE), (FAUX, JAMAIS, VARIE)


def may_break(controle: Controle, contenu: Contenu) -> bool:
    """Whether some row of a piece that has this content may break the control."""
    if controle.particulier:
        return True
    si = _worth(controle.si, contenu)
    if si in JUGE and _worth(controle.alors, contenu) in REFUSE:
        return True
    return si is not VRAI and _worth(controle.sinon, contenu) in REFUSE


def _worth(condition: str | None, contenu: Contenu) -> Verite:
    return VRAI if condition is None else _truth(parsed(condition), contenu)


def _truth(noeud: ast.AST, contenu: Contenu) -> Verite:
    """Worth of a node; of a value: INCONNU when it is nowhere."""
    match noeud:
        case ast.Name(id=nom) | ast.Attribute(attr=nom):
            return INCONNU if nom in contenu.absents else VARIE
        case ast.BoolOp(op=operation, values=valeurs):
            trouvees = {_truth(v, contenu) for v in valeurs}
            ordre = ET if isinstance(operation, ast.And) else OU
            return next(v for v in ordre if v in trouvees)
        case ast.UnaryOp(op=ast.Not(), operand=valeur):
            return CONTRAIRES[_truth(valeur, contenu)]
        case ast.Call():
            return _call(noeud, contenu)
        case ast.Compare(left=gauche) if (codes := _codes(gauche, contenu)) is not None:
            return _compared(noeud, codes, contenu)
        case _:
            return _known(noeud, contenu)


def _codes(noeud: ast.AST, contenu: Contenu) -> frozenset[str] | None:
    """The codes that a value is one of, as they are or in lower case; None when not known."""
    match noeud:
        case ast.Name(id=nom) | ast.Attribute(attr=nom):
            return contenu.codes.get(nom)
        case ast.Call(func=ast.Name(id="minuscules"), args=[valeur]):
            codes = _codes(valeur, contenu)
            return None if codes is None else frozenset(code.lower() for code in codes)
        case _:
            return None


def _known(noeud: ast.AST, contenu: Contenu) -> Verite:
    """A value made of others: INCONNU when one of them is nowhere."""
    dedans = {_truth(v, contenu) for v in ast.iter_child_nodes(noeud)}
    return INCONNU if INCONNU in dedans else VARIE


def _compared(noeud: ast.Compare, codes: frozenset[str], contenu: Contenu) -> Verite:
    """A coded rubric that is one of some codes, or none of them."""
    droite = noeud.comparators[0]
    attendus = droite.elts if isinstance(droite, ast.Tuple) else [droite]
    cites = {a.value for a in attendus if isinstance(a, ast.Constant)}
    if len(cites) < len(attendus):
        return _known(noeud, contenu)
    match noeud.ops[0]:
        case ast.Eq() | ast.In():
            return _among(codes, cites)
        case ast.NotEq() | ast.NotIn():
            return CONTRAIRES[_among(codes, cites)]
        case _:
            return VARIE


def _among(codes: frozenset[str], admis: AbstractSet[object]) -> Verite:
    """Whether a value that is one of `codes` is one of those that are admitted."""
    if codes.isdisjoint(admis):
        return JAMAIS
    return TOUJOURS if codes <= admis else VARIE


def _call(noeud: ast.Call, contenu: Contenu) -> Verite:
    nom = getattr(noeud.func, "id", "")
    if nom in QUANTIFICATEURS and nom not in MESURES:
        return _quantifier(nom, noeud, contenu)
    match noeud.args:
        case [valeur, ast.Constant(value=table)] if nom == "dans_table":
            if (codes := _codes(valeur, contenu)) is not None:
                return _among(codes, read_codes(table))
    valeurs = {_truth(v, contenu) for v in noeud.args}
    if nom == "present":
        return FAUX if INCONNU in valeurs else VARIE
    if nom == "absent":
        return VRAI if valeurs == {INCONNU} else VARIE
    if nom == "unique" or nom in NULLES_SI_NULLES:
        return INCONNU if INCONNU in valeurs else VARIE
    return VARIE


def _quantifier(nom: str, noeud: ast.Call, contenu: Contenu) -> Verite:
    """No row of the block, or none that satisfies the condition."""
    cherche = VRAI if len(noeud.args) == 1 else _truth(noeud.args[1], contenu)
    if nom == "tous":
        cherche = CONTRAIRES[cherche]
    if ast.unparse(noeud.args[0]) in contenu.absents or cherche in (FAUX, JAMAIS, INCONNU):
        return VRAI if nom in NEGATIONS else FAUX
    return VARIE
