"""The language of conditions: a few Python expressions, compiled to Polars on the rows of a block.

    r40_011 in ("10", "21")                       a rubric of the block, of a block above it, or of
                                                  a block that stands once in the declaration;
                                                  absent when only other versions have it
    r40_012 <= 250.00                             a number as the norm writes it, decimals included
    absent(r40_010) or r40_010 >= r40_001         not, and, or, comparisons, +, -
    existe(b51, r51_011 == "019")                 some row of another block under a common ancestor
    existe(b40, r40_009 == moi.r51_010)           `moi.`: the row that is judged
    tous(b79, r79_004 >= 0.00), aucun(b62), compte(b53, ...), somme(r55_001, ...)
    minimum(r62_001, ...), maximum(r62_001, ...)  unknown when no row satisfies the condition
    existe(b85, r85_001 == moi.r40_019, dans=b05) a wider common ancestor, named
    autres(b50, r50_003 == moi.r50_003)           some other row of the same block
    unique(r30_001, dans=b05)                     no other row has the same value(s)

A quantifier may hold another: there, `moi.` is the row of the quantifier that holds it.
An absent value makes a comparison unknown: unknown is no reason to judge (`si`), and no reason to
refuse (`alors`).
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any

import polars as pl

from parsers.controles.arbre import RANG, Arbre, key_of, short_bloc, short_name
from parsers.controles.fonctions import FONCTIONS
from parsers.dsn.grammaire import TYPES, read_grammaire
from parsers.dsn.structure import DECLARATION, EN_TETE
from specs.dsn import VERSIONS

PAIRES_MAXIMALES = 2_000_000  # rows of a frame of pairs
COMPARAISONS: dict[type[ast.cmpop], Callable[[Any, Any], pl.Expr]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
CALCULS: dict[type[ast.operator], Callable[[Any, Any], pl.Expr]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
# Of rows that are alike, then of all that satisfy the condition; None: unknown when there is none.
MESURES: dict[str, tuple[pl.Expr, pl.Expr, int | None]] = {
    "compte": (pl.len().cast(pl.Int64), pl.col("_mesure").sum(), 0),
    "somme": (pl.col("_valeur").sum(), pl.col("_mesure").sum(), 0),
    "minimum": (pl.col("_valeur").min(), pl.col("_mesure").min(), None),
    "maximum": (pl.col("_valeur").max(), pl.col("_mesure").max(), None),
    "premiere_ligne": (pl.col("ligne").min(), pl.col("_mesure").min(), None),  # to tell the place
}
DE_RUBRIQUE = ("somme", "minimum", "maximum")
NEGATIONS = ("aucun", "tous")
QUANTIFICATEURS = ("existe", "autres", *NEGATIONS, *MESURES)
_RUBRIQUE = re.compile(r"r\d\d_\d{3}")


class ConditionInvalide(ValueError):  # noqa: N818 - named in French
    """A condition that the language does not know: the message says which part."""


@cache
def parsed(texte: str) -> ast.expr:
    """The tree of a condition, which is on one line."""
    if "\n" in texte.strip():
        raise ConditionInvalide(f"condition sur plusieurs lignes : {texte}")
    return ast.parse(texte.strip(), mode="eval").body


@dataclass
class Cadre:
    """Rows on which conditions are judged, with the columns that they turned out to need.

    What a quantifier finds waits in `attente`, and is computed with the others when it is read.
    """

    arbre: Arbre
    bloc: str
    blocs: dict[str, str]  # short name of a rubric or block -> identifier of the block
    exterieur: Cadre | None = None
    memoire: dict[str, str] = field(default_factory=dict)
    attente: list[pl.LazyFrame] = field(default_factory=list)
    presentes: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the columns of the block."""
        self.presentes = self.arbre.frame(self.bloc)

    @property
    def lignes(self) -> pl.DataFrame:
        """The rows, with every column that was asked for."""
        if self.attente:
            trouvees = pl.collect_all(self.attente, engine="in-memory")
            self.presentes = pl.concat([self.presentes, *trouvees], how="horizontal")
            self.attente.clear()
        return self.presentes

    def evaluate(self, texte: str) -> pl.Expr:
        """The condition as an expression on `lignes` (to be read after: columns were added)."""
        valeur = _Evaluation(self, texte.strip()).value(parsed(texte))
        if not isinstance(valeur, pl.Expr):
            raise ConditionInvalide(f"condition attendue : {texte}")
        return valeur

    def column(self, nom: str) -> pl.Expr:
        """A rubric of the block, of a block above it, or of the headers of its declaration."""
        bloc = self.blocs.get(nom)
        if bloc is None and nom in of_any_version():
            return pl.lit(None, of_any_version()[nom])
        if bloc is None:
            raise ConditionInvalide(f"rubrique inconnue : {nom}")
        if bloc != self.bloc and nom not in self.presentes.columns:
            self._check_above(nom, bloc)
            valeurs = self.arbre.ancestors(bloc)[nom].gather(self.arbre.above(self.bloc, bloc))
            self.presentes = self.presentes.with_columns(valeurs)
        return pl.col(nom)

    def _check_above(self, nom: str, bloc: str) -> None:
        chemin = self.arbre.grammaire.path(self.bloc)
        if bloc not in chemin and not (bloc in EN_TETE and DECLARATION in chemin):
            raise ConditionInvalide(f"{nom} n'est ni dans {self.bloc} ni au-dessus")

    def add(self, colonne: pl.LazyFrame, cle: str, defaut: int | None) -> None:
        """Add the column `valeur` of `colonne`, as many rows as here; it is named by its text."""
        nom = f"_q{len(self.memoire)}"
        self.memoire[cle] = nom
        valeur = pl.col("valeur") if defaut is None else pl.col("valeur").fill_null(defaut)
        self.attente.append(colonne.select(valeur.alias(nom)))


@dataclass
class _Evaluation:
    """One condition being compiled on a frame of rows."""

    cadre: Cadre
    texte: str

    def value(self, noeud: ast.AST) -> Any:  # noqa: ANN401 - an expression, or a literal
        """Value of a node: dispatch on its type."""
        methode = getattr(self, f"_{type(noeud).__name__.lower()}", None)
        if methode is None:
            raise ConditionInvalide(f"forme inconnue : {ast.unparse(noeud)}")
        return methode(noeud)

    def _constant(self, noeud: ast.Constant) -> Any:  # noqa: ANN401
        """Text as it is; a number without its point, in units of its last decimal."""
        if isinstance(noeud.value, str | bool):
            return noeud.value
        return int(self._source(noeud).replace(".", ""))

    def _source(self, noeud: ast.expr) -> str:
        """What the condition writes for a node."""
        return self.texte.encode()[noeud.col_offset : noeud.end_col_offset].decode()

    def _tuple(self, noeud: ast.Tuple) -> list[Any]:
        return [self.value(element) for element in noeud.elts]

    def _name(self, noeud: ast.Name) -> pl.Expr:
        return self.cadre.column(noeud.id)

    def _attribute(self, noeud: ast.Attribute) -> pl.Expr:
        """`moi.rXX_YYY`, from inside a quantifier."""
        exterieur = self.cadre.exterieur
        if not (isinstance(noeud.value, ast.Name) and noeud.value.id == "moi" and exterieur):
            raise ConditionInvalide(f"forme inconnue : {ast.unparse(noeud)}")
        return pl.col(f"moi.{noeud.attr}")

    def _unaryop(self, noeud: ast.UnaryOp) -> Any:  # noqa: ANN401
        valeur = self.value(noeud.operand)
        return ~valeur if isinstance(noeud.op, ast.Not) else -valeur

    def _boolop(self, noeud: ast.BoolOp) -> pl.Expr:
        valeurs = [self.value(v) for v in noeud.values]
        lien = operator.and_ if isinstance(noeud.op, ast.And) else operator.or_
        resultat: pl.Expr = reduce(lien, valeurs)
        return resultat

    def _binop(self, noeud: ast.BinOp) -> pl.Expr:
        return CALCULS[type(noeud.op)](self.value(noeud.left), self.value(noeud.right))

    def _compare(self, noeud: ast.Compare) -> pl.Expr:
        gauche, droite = self.value(noeud.left), self.value(noeud.comparators[0])
        if len(noeud.ops) != 1:
            raise ConditionInvalide(f"une comparaison à la fois : {ast.unparse(noeud)}")
        operation = noeud.ops[0]
        if isinstance(operation, ast.In | ast.NotIn):
            dedans: pl.Expr = gauche.is_in(droite)
            return dedans if isinstance(operation, ast.In) else ~dedans
        return COMPARAISONS[type(operation)](gauche, droite)

    def _call(self, noeud: ast.Call) -> pl.Expr:
        nom = getattr(noeud.func, "id", "")
        options = {mot.arg: mot.value for mot in noeud.keywords}
        if nom in QUANTIFICATEURS:
            return self._quantify(nom, noeud, options)
        if nom == "unique":
            return self._unique(noeud, options)
        if nom not in FONCTIONS:
            raise ConditionInvalide(f"fonction inconnue : {nom}")
        return FONCTIONS[nom](*(self.value(argument) for argument in noeud.args))

    def _key(self, autre: str, options: dict[str | None, ast.expr]) -> list[str]:
        if "dans" in options:
            return key_of(self._bloc(options["dans"]))
        return self.cadre.arbre.shared_key(self.cadre.bloc, autre)

    def _bloc(self, noeud: ast.expr) -> str:
        """Block that a short name is, or that a rubric belongs to."""
        nom = self._source(noeud)
        if nom not in self.cadre.blocs:
            raise ConditionInvalide(f"bloc inconnu dans cette version : {nom}")
        return self.cadre.blocs[nom]

    def _unique(self, noeud: ast.Call, options: dict[str | None, ast.expr]) -> pl.Expr:
        valeurs = [self.value(argument) for argument in noeud.args]
        cle = [pl.col(c) for c in self._key(self.cadre.bloc, options)]
        seul = pl.len().over([*cle, *valeurs]) == 1
        return pl.when(present_all(valeurs)).then(seul)

    def _quantify(self, nom: str, noeud: ast.Call, options: dict[str | None, ast.expr]) -> pl.Expr:
        texte = self._source(noeud)
        if texte not in self.cadre.memoire:
            colonne, defaut = self._measure(nom, noeud, options)
            self.cadre.add(colonne, texte, defaut)
        mesure = pl.col(self.cadre.memoire[texte])
        return ~mesure if nom in NEGATIONS else mesure

    def _measure(
        self, nom: str, noeud: ast.Call, options: dict[str | None, ast.expr]
    ) -> tuple[pl.LazyFrame, int | None]:
        """What a quantifier finds for each row (`valeur`), and what stands where it finds none."""
        sujet = noeud.args[0]
        valeur = sujet if nom in DE_RUBRIQUE else None
        bloc = self._bloc(sujet)
        conditions = _conjuncts(noeud.args[1]) if len(noeud.args) > 1 else []
        if nom == "tous":
            conditions = [ast.UnaryOp(ast.Not(), noeud.args[1])]
        trouvees = _Paires(self, bloc, self._key(bloc, options), nom).measure(conditions, valeur)
        return trouvees, MESURES[nom][2] if nom in MESURES else False


def present_all(valeurs: list[pl.Expr]) -> pl.Expr:
    """Every value is there."""
    return pl.all_horizontal(valeur.is_not_null() for valeur in valeurs)


def _conjuncts(noeud: ast.expr) -> list[ast.expr]:
    """The conditions that `and` puts together."""
    if isinstance(noeud, ast.BoolOp) and isinstance(noeud.op, ast.And):
        return [conjoint for valeur in noeud.values for conjoint in _conjuncts(valeur)]
    return [noeud]


def _names_me(noeud: ast.AST) -> list[str]:
    """Rubrics of the judged row that a condition names by `moi.`, not inside a quantifier."""
    if isinstance(noeud, ast.Call) and getattr(noeud.func, "id", "") in QUANTIFICATEURS:
        return []
    if isinstance(noeud, ast.Attribute):
        return [noeud.attr] if getattr(noeud.value, "id", "") == "moi" else []
    return [nom for enfant in ast.iter_child_nodes(noeud) for nom in _names_me(enfant)]


@dataclass
class _Paires:
    """Pairs of a judged row and of rows of another block under a common ancestor.

    Rows that a condition can't tell apart are one, and pairs are made a slice of the judged rows at
    a time: a value that many individuals share makes no product.
    """

    evaluation: _Evaluation
    bloc: str
    cle: list[str]
    quantificateur: str

    def measure(self, conditions: list[ast.expr], valeur: ast.expr | None) -> pl.LazyFrame:
        """For each judged row, in order, what the rows that satisfy the conditions are worth."""
        cadre = self.evaluation.cadre
        interieur = Cadre(cadre.arbre, self.bloc, cadre.blocs, exterieur=cadre)
        dedans = _Evaluation(interieur, self.evaluation.texte)
        mixtes = [c for c in conditions if _names_me(c)]
        filtres = [dedans.value(c) for c in conditions if not _names_me(c)]
        compares = [(dedans.value(c), self._equality(c)) for c in mixtes]
        mesure = [] if valeur is None else [dedans.value(valeur).alias("_valeur")]
        filtres = filtres or [pl.lit(value=True)]  # none at all is an error of Polars
        gardees = interieur.lignes.lazy().with_columns(mesure).filter(filtres)
        judged = self._outer([nom for c in mixtes for nom in _names_me(c)])
        egal = [e for _, e in compares if e]
        essais = [essai for essai, e in compares if not e]
        lues = {nom for essai in essais for nom in essai.meta.root_names()}
        return self._pair(judged, gardees, egal, essais, lues & {*interieur.lignes.columns})

    def _pair(
        self,
        judged: pl.LazyFrame,
        gardees: pl.LazyFrame,
        egal: list[tuple[str, str]],
        essais: list[pl.Expr],
        lues: set[str],
    ) -> pl.LazyFrame:
        """Join under the key and the equalities, then test what else is compared."""
        gauche = [*self.cle, *(f"moi.{moi}" for _, moi in egal)]
        droite = [*self.cle, *(sien for sien, _ in egal)]
        semblables = self._alike(gardees, list(dict.fromkeys([*droite, *sorted(lues)])))
        if not essais:  # one row at most for a judged row
            return judged.join(
                semblables,
                left_on=gauche,
                right_on=droite,
                how="left",
                maintain_order="left",
            ).select(self._worth().alias("valeur"))
        juges, autres = pl.collect_all([judged, semblables], engine="in-memory")
        paires = [
            self._found(
                part.lazy()
                .join(autres.lazy(), left_on=gauche, right_on=droite, coalesce=False)
                .filter(essais)
            )
            for part in [*juges.iter_slices(_slice_size(autres, droite))] or [juges]
        ]
        trouvees = pl.concat(pl.collect_all(paires, engine="in-memory")).lazy()
        tous = juges.lazy().select(RANG)
        return tous.join(trouvees, on=RANG, how="left", maintain_order="left").select("valeur")

    def _worth(self) -> pl.Expr:
        """What the rows that are alike, put together by `_alike`, say of the judged row."""
        if self.quantificateur in MESURES:
            return pl.col("_mesure")
        if self.quantificateur == "autres":  # it is no other row than itself
            return (pl.col("_premier") != pl.col(RANG)) | (pl.col("_dernier") != pl.col(RANG))
        return pl.col("_trouve")

    def _alike(self, gardees: pl.LazyFrame, colonnes: list[str]) -> pl.LazyFrame:
        """One row for all those that have the same values in `colonnes`, measured."""
        if self.quantificateur in MESURES:
            mesure = MESURES[self.quantificateur][0]
            return gardees.group_by(colonnes).agg(mesure.alias("_mesure"))
        if self.quantificateur == "autres":
            rang = pl.col(RANG)
            return gardees.group_by(colonnes).agg(_premier=rang.min(), _dernier=rang.max())
        return gardees.select(colonnes).unique().with_columns(_trouve=True)

    def _found(self, paires: pl.LazyFrame) -> pl.LazyFrame:
        """What the pairs say of each judged row (`RANG`, `valeur`)."""
        if self.quantificateur in MESURES:
            return paires.group_by(RANG).agg(MESURES[self.quantificateur][1].alias("valeur"))
        return paires.filter(self._worth()).select(RANG).unique().with_columns(valeur=True)

    def _outer(self, noms: list[str]) -> pl.LazyFrame:
        """The judged rows, with the rubrics named by `moi.` and their rank in their own block."""
        cadre = self.evaluation.cadre
        colonnes = [cadre.column(nom).alias(f"moi.{nom}") for nom in dict.fromkeys(noms)]
        return cadre.presentes.lazy().select(RANG, *self.cle, *colonnes)

    def _equality(self, noeud: ast.expr) -> tuple[str, str] | None:
        """(rubric of the other row, rubric of mine) of `rA == moi.rB`: a key rather than a test."""
        if not (isinstance(noeud, ast.Compare) and isinstance(noeud.ops[0], ast.Eq)):
            return None
        cotes = (noeud.left, noeud.comparators[0])
        for sien, moi in (cotes, cotes[::-1]):
            if isinstance(sien, ast.Name) and isinstance(moi, ast.Attribute):
                return sien.id, moi.attr
        return None


def _slice_size(lignes: pl.DataFrame, cle: list[str]) -> int:
    """How many judged rows may be paired at once with `lignes`: those of one key are many."""
    plus_grand: int | None = lignes.group_by(cle).len().get_column("len").max()  # type: ignore[assignment]
    return max(PAIRES_MAXIMALES // (plus_grand or 1), 1)


@cache
def of_any_version() -> dict[str, type[pl.DataType]]:
    """Rubrics of every version, by short name: one that a version does not have is absent there."""
    return {
        short_name(rubrique): TYPES[type_]
        for version in VERSIONS
        for rubrique, type_ in read_grammaire(version).types.items()
    }


def names(arbre: Arbre) -> dict[str, str]:
    """Names that conditions may use: `r40_007` and `b40`, with the block each belongs to."""
    grammaire = arbre.grammaire
    blocs = [b for b in grammaire.blocs if b not in ("S10.G00.95", "S20.G00.96")]
    rubriques = {short_name(r): bloc for bloc in blocs for r in grammaire.rubriques_du_bloc[bloc]}
    return rubriques | {short_bloc(bloc): bloc for bloc in blocs}
