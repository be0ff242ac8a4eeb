"""The language of conditions, on the rows of a small tree."""

from __future__ import annotations

import polars as pl
import pytest

from parsers.controles.arbre import Arbre
from parsers.controles.langage import RANG, Cadre, ConditionInvalide, names
from parsers.dsn.grammaire import read_grammaire

VERSEMENT, REMUNERATION, BASE = "S21.G00.50", "S21.G00.51", "S21.G00.78"


@pytest.fixture
def arbre() -> Arbre:
    """Two payments of one individual: contracts A and B (hours 1 and 2), then A alone."""
    haut = {"fichier": 0, "rang_declaration": 0, "rang_individu": 0}
    versements = [{"occurrence": i, "parent": 0, "S21.G00.50.003": i, **haut} for i in (0, 1)]
    remunerations = [
        {
            "occurrence": i,
            "parent": parent,
            "S21.G00.51.010": contrat,
            "S21.G00.51.012": heures,
            **haut,
        }
        for i, (parent, contrat, heures) in enumerate([(0, "A", 1), (0, "B", 2), (1, "A", None)])
    ]
    grammaire = read_grammaire("P26V01")
    blocs = {}
    for bloc, lignes in ((VERSEMENT, versements), (REMUNERATION, remunerations)):
        frame = pl.DataFrame(lignes, infer_schema_length=None).with_columns(
            pl.col("fichier").cast(pl.UInt32)
        )
        absentes = [r for r in grammaire.rubriques_du_bloc[bloc] if r not in frame.columns]
        blocs[bloc] = frame.with_columns(pl.lit(None, pl.String).alias(r) for r in absentes)
    return Arbre(grammaire, blocs)


def evaluate(arbre: Arbre, bloc: str, *conditions: str) -> list[tuple[bool | None, ...]]:
    """Values of conditions on every row of a block."""
    cadre = Cadre(arbre, bloc, arbre.frame(bloc).with_row_index(RANG), names(arbre))
    valeurs = [cadre.evaluate(c).alias(str(i)) for i, c in enumerate(conditions)]
    return cadre.lignes.select(valeurs).rows()


def test_a_quantifier_may_hold_another(arbre: Arbre) -> None:
    """Inside, `moi.` is the row of the quantifier that holds it."""
    melange = "existe(b51, autres(b51, r51_010 != moi.r51_010))"
    assert evaluate(arbre, VERSEMENT, melange) == [(True,), (False,)]


def test_a_negation_used_twice_is_the_same(arbre: Arbre) -> None:
    """What a quantifier found is kept; the negation is not lost with it."""
    sans_b = 'aucun(b51, r51_010 == "B")'
    assert evaluate(arbre, VERSEMENT, sans_b, sans_b) == [(False, False), (True, True)]


def test_the_least_and_the_greatest_of_no_row_are_unknown(arbre: Arbre) -> None:
    """A bound over rows without a value judges nothing."""
    bornes = ("minimum(r51_012) == 0.01", "maximum(r51_012) == 0.02")
    assert evaluate(arbre, VERSEMENT, *bornes) == [(True, True), (None, None)]


def test_a_rubric_of_another_version_is_absent(arbre: Arbre) -> None:
    """The removed S21.G00.71.003 is absent; what no version has is an error."""
    noms = names(arbre)
    assert "r71_003" not in noms
    cadre = Cadre(arbre, VERSEMENT, arbre.frame(VERSEMENT).with_row_index(RANG), noms)
    absente = cadre.lignes.select(cadre.evaluate('absent(r71_003) or r71_003 == "x"'))
    assert absente.to_series().all()
    with pytest.raises(ConditionInvalide, match="r71_999"):
        cadre.evaluate("present(r71_999)")
