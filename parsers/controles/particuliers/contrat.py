"""Contract and its changes (S21.G00.40, S21.G00.41): what the language of conditions can't say."""

from __future__ import annotations

import polars as pl

from parsers.controles.arbre import RANG, key_of
from parsers.controles.langage import Cadre
from parsers.controles.particuliers.inscription import particulier

LETTRES_ET_SIGNES = [chr(code) for code in range(0x20, 0x100) if not chr(code).isdigit()]
REPETITIONS = [c * (4 if c in "iI" else 3) for c in LETTRES_ET_SIGNES]
CINEMATIQUE = ("r41_001", "r41_028")
IDENTIFIANTES = ("r41_012", "r41_014", "r41_021", "r41_054")


@particulier("S21.G00.40.006/CSL-11")
def odd_labels(cadre: Cadre) -> pl.DataFrame:
    """Labels that repeat a character that is no digit, or begin with a sign."""
    libelle = pl.col("r40_006")
    repete = libelle.str.contains_any(REPETITIONS)
    return cadre.lignes.filter(repete | ~libelle.str.contains("^[0-9A-Za-zÀ-ÿ]"))


@particulier("S21.G00.41.001/CCH-12")
def changes_of_nothing(cadre: Cadre) -> pl.DataFrame:
    """Blocks that say a date and no former value."""
    return cadre.lignes.filter(_count(_former_values(cadre)) == 0, pl.col("r41_028").is_null())


@particulier("S21.G00.41.001/CCH-14")
def recalculations_of_nothing(cadre: Cadre) -> pl.DataFrame:
    """Blocks that say a date, how far pay is computed again, and no former value."""
    return cadre.lignes.filter(_count(_former_values(cadre)) == 0, pl.col("r41_028").is_not_null())


@particulier("S21.G00.41.001/CCH-13")
def several_terms(cadre: Cadre) -> pl.DataFrame:
    """Blocks that change several terms of the contract at once."""
    return cadre.lignes.filter(_count(_terms(cadre)) > 1)


@particulier("S21.G00.41.001/CCH-16")
def terms_and_identifiers(cadre: Cadre) -> pl.DataFrame:
    """Blocks that change a term of the contract and what identifies it."""
    return cadre.lignes.filter(_count(_terms(cadre)) > 0, _count([*IDENTIFIANTES]) > 0)


@particulier("S21.G00.41.028/CCH-11")
def misplaced_recalculations(cadre: Cadre) -> pl.DataFrame:
    """Of the changes of one term of one contract, the oldest and no other says how far to go back.

    When several are the oldest, one of them says it.
    """
    terme = [*key_of("S21.G00.40"), "terme"]
    changements = cadre.lignes.unpivot(
        _terms(cadre), index=[RANG, *key_of("S21.G00.40"), *CINEMATIQUE], variable_name="terme"
    ).filter(pl.col("value").is_not_null(), pl.col("r41_001").is_not_null())
    ancien = pl.col("r41_001") == pl.col("r41_001").min().over(terme)
    profond = pl.col("r41_028").is_not_null()
    premier = pl.col(RANG) == pl.col(RANG).min().over([*terme, ancien, profond])
    dit = (ancien & profond).any().over(terme)
    manque = ancien & ~dit & premier
    fautifs = changements.filter(manque | (profond & ~(ancien & premier)))
    return cadre.lignes.join(fautifs.select(RANG).unique(), on=RANG, how="semi")


def _former_values(cadre: Cadre) -> list[str]:
    """Rubrics of the block that hold a value before the change."""
    return [c for c in cadre.lignes.columns if c.startswith("r41_") and c not in CINEMATIQUE]


def _terms(cadre: Cadre) -> list[str]:
    """Terms of the contract: the former values that do not identify it."""
    return [rubrique for rubrique in _former_values(cadre) if rubrique not in IDENTIFIANTES]


def _count(rubriques: list[str]) -> pl.Expr:
    """How many of the rubrics are there."""
    return pl.sum_horizontal(pl.col(rubrique).is_not_null() for rubrique in rubriques)
