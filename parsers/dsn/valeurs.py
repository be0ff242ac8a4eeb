"""Controls of one rubric (CST-06, CSL) and its typed form.

A value is refused once, by the first of: empty, blanks around or forbidden characters, length,
numeric characters or date form, calendar, pattern, closed list.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from typing import Any

import polars as pl

from parsers.dsn.attentes import (
    INTERDITS,
    describe_forme,
    describe_liste,
    describe_longueur,
    locate_espaces,
    locate_interdit,
)
from parsers.dsn.grammaire import USAGES
from specs.dsn import read_cles, read_norme

# Beside its characters, a text must hold a letter or a digit.
_UTILE = r"[0-9A-Za-zÀ-ÿ]"
COLONNES_USAGES = {usage: f"usage_{usage[:2]}" for usage in USAGES}


@dataclass(frozen=True, slots=True)
class Refus:
    """One way of being refused: the code, its wording, the test and what was expected.

    The test, and what was expected when it depends on the value, are on a column of texts named as
    the rubric.
    """

    code: str
    variante: str | None
    refuse: pl.Expr
    attendu: str | pl.Expr | None


@dataclass(frozen=True, eq=False)
class Rubrique:
    """What the dictionary says of one rubric; its controls are compiled when a file bears it."""

    version: str
    ligne: dict[str, Any]  # of the dictionary
    codes: list[str]  # of its closed list
    identifiant: str
    type: str
    decimales: int
    decimales_fixes: bool
    personnelle: bool
    obligatoire: frozenset[str]  # natures where the rubric must stand in each of its blocks
    interdite: frozenset[str]

    @cached_property
    def refus(self) -> tuple[Refus, ...]:
        """Ways of being refused, in the order they are tried; none of what the platform adds."""
        return (
            () if self.ligne["service"] else tuple(_refusals(self.ligne, self.codes, self.version))
        )

    @cached_property
    def suspecte(self) -> pl.Expr:
        """Whether some value is refused: of a closed list, whose codes are sound, by it alone."""
        if self.codes:
            return (~pl.col(self.identifiant).is_in(self.codes)).any()
        # What is empty is too short, and a date has its length with its form.
        autres = {"CST-06", "CSL-01"} if self.type == "D" else {"CST-06"}
        return reduce(operator.or_, (r.refuse.any() for r in self.refus if r.code not in autres))


@cache
def read_rubriques(version: str) -> dict[str, Rubrique]:
    """Rubrics of one version, by identifier."""
    norme = read_norme(version)
    listes: dict[str, list[str]] = defaultdict(list)
    for liste, code in norme.codes.select("liste", "code").iter_rows():
        listes[liste].append(code)
    return {
        ligne["rubrique"]: Rubrique(
            version=version,
            ligne=ligne,
            codes=listes.get(ligne["liste"] or "", []),
            identifiant=ligne["rubrique"],
            type=ligne["type"],
            decimales=ligne["decimales"] or 0,
            decimales_fixes=_has_fixed_scale(ligne["motif"], ligne["decimales"] or 0),
            personnelle=ligne["personnelle"],
            obligatoire=_natures(ligne, "O"),
            interdite=_natures(ligne, "I"),
        )
        for ligne in norme.rubriques.iter_rows(named=True)
    }


def _natures(ligne: dict[str, Any], usage: str) -> frozenset[str]:
    return frozenset(u for u, colonne in COLONNES_USAGES.items() if ligne[colonne] == usage)


def _refusals(ligne: dict[str, Any], codes: list[str], version: str) -> list[Refus]:
    longueurs = (ligne["longueur_min"], ligne["longueur_max"])
    valeur = pl.col(ligne["rubrique"])
    taille = valeur.str.len_chars()
    refus = [Refus("CST-06", None, valeur == "", None)]
    if ligne["type"] == "X":
        autour = valeur.str.starts_with(" ") | valeur.str.ends_with(" ")
        refus += [
            Refus("CSL-05", "espace", autour, locate_espaces(valeur)),
            Refus("CSL-05", None, valeur.str.contains(INTERDITS), locate_interdit(valeur)),
        ]
    hors = ~taille.is_between(*longueurs, closed="both")
    refus.append(Refus("CSL-01", None, hors, describe_longueur(ligne)))
    refus += _typed_refusals(ligne)
    if codes:
        attendu = describe_liste(codes, version)
        refus.append(Refus("CSL-11", "liste", ~valeur.is_in(codes), attendu))
    elif ligne["type"] == "X" and not ligne["motif"]:
        attendu = "au moins une lettre ou un chiffre"
        refus.append(Refus("CSL-00", None, ~valeur.str.contains(_UTILE), attendu))
    return refus


def _typed_refusals(ligne: dict[str, Any]) -> list[Refus]:
    """Numeric characters, date form and calendar, then the pattern of the whole value."""
    refus, valeur = [], pl.col(ligne["rubrique"])
    if ligne["type"] == "N":
        attendu = "des chiffres, avec un point décimal s'il y a lieu"
        refus.append(Refus("CSL-02", None, valeur.str.contains(r"[^0-9.\-]"), attendu))
    if ligne["type"] == "D":
        forme = ~valeur.str.contains(r"^[0-9]{8}$")
        absente = _date(valeur).is_null()
        refus.append(Refus("CSL-03", None, forme, "une date JJMMAAAA"))
        code, variante = _calendars().get(ligne["rubrique"], ("CSL-04", None))
        refus.append(Refus(code, variante, absente, "une date du calendrier"))
    if ligne["motif"]:
        motif = f"^(?:{ligne['motif']})$"
        refus.append(Refus("CSL-00", None, ~valeur.str.contains(motif), describe_forme(ligne)))
    return refus


@cache
def _calendars() -> dict[str, tuple[str, str]]:
    """Code and wording of the rubrics whose calendar has its own control, rather than CSL-04."""
    listees = read_cles().filter(pl.col("cle") == "calendrier")
    return {cle["rubrique"]: (cle["controle"], cle["cle"]) for cle in listees.iter_rows(named=True)}


def suspects(valeurs: pl.DataFrame, rubriques: Iterable[Rubrique]) -> set[str]:
    """Rubrics with a value that a control refuses; `valeurs` has a column of texts for each."""
    essais = valeurs.select(
        rubrique.suspecte.alias(rubrique.identifiant)
        for rubrique in rubriques
        if not rubrique.ligne["service"]
    )
    return {essai.name for essai in essais if essai.any()}


def check_valeurs(valeurs: pl.DataFrame, rubrique: Rubrique) -> list[tuple[Refus, pl.DataFrame]]:
    """Rows of `valeurs` (a column named as the rubric) refused by each control, each row once."""
    trouvees = []
    for refus in rubrique.refus:
        trouvees.append((refus, valeurs.filter(refus.refuse)))
        valeurs = valeurs.filter(~refus.refuse.fill_null(value=False))
    return [(refus, lignes) for refus, lignes in trouvees if len(lignes)]


def typed(rubrique: Rubrique) -> pl.Expr:
    """Typed column: Date, Int64 in units of the last decimal (centimes, hundredths), or text.

    What can't be read is null: it has its anomaly.
    """
    valeur = pl.col(rubrique.identifiant)
    if rubrique.type == "D":
        return _date(valeur)
    return _scaled(valeur, rubrique) if rubrique.type == "N" else valeur


def _date(valeur: pl.Expr) -> pl.Expr:
    """The day that is written JJMMAAAA, null when the calendar has none: it has no year 0."""
    return pl.when(~valeur.str.ends_with("0000")).then(valeur.str.to_date("%d%m%Y", strict=False))


def _has_fixed_scale(motif: str | None, decimales: int) -> bool:
    """Whether every number of this pattern has exactly `decimales` decimals."""
    return decimales == 0 or (decimales == 2 and "{1,2}" not in (motif or ""))  # noqa: PLR2004


def _scaled(valeur: pl.Expr, rubrique: Rubrique) -> pl.Expr:
    if rubrique.decimales == 0:
        return valeur.cast(pl.Int64, strict=False)
    if rubrique.decimales_fixes:
        unites = valeur.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
        return pl.when(valeur.str.slice(-rubrique.decimales - 1, 1) == ".").then(unites)
    entier = valeur.str.extract(r"^([^.]*)")
    decimales = valeur.str.extract(r"\.(\d*)$").fill_null("").str.pad_end(rubrique.decimales, "0")
    return (entier + decimales).cast(pl.Int64, strict=False)
