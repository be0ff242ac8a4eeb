"""The language of conditions, on the rows of a small tree."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from parsers.controles import langage
from parsers.controles.arbre import Arbre
from parsers.controles.langage import Cadre, ConditionInvalide, names
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
    cadre = Cadre(arbre, bloc, names(arbre))
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
    cadre = Cadre(arbre, VERSEMENT, noms)
    absente = cadre.lignes.select(cadre.evaluate('absent(r71_003) or r71_003 == "x"'))
    assert absente.to_series().all()
    with pytest.raises(ConditionInvalide, match="r71_999"):
        cadre.evaluate("present(r71_999)")


def crowd(nombre: int) -> Arbre:
    """One declaration of so many individuals, each paid once under its own contract number.

    All have the same type of pay, half of them no hour, the others as many hours as their rank.
    """
    rangs = pl.int_range(nombre, dtype=pl.Int64, eager=True)
    frame = pl.DataFrame({"occurrence": rangs, "parent": rangs, "rang_individu": rangs})
    communs = {"fichier": pl.lit(0, pl.UInt32), "rang_declaration": pl.lit(1, pl.Int64)}
    valeurs = {
        "S21.G00.51.010": rangs.cast(pl.String),
        "S21.G00.51.011": pl.Series(["001"]).new_from_index(0, nombre),
        "S21.G00.51.012": pl.Series([None, 1]).gather(rangs % 2) * rangs,
    }
    grammaire = read_grammaire("P26V01")
    absentes = {
        r: pl.lit(None, pl.String)
        for r in grammaire.rubriques_du_bloc[REMUNERATION]
        if r not in valeurs
    }
    versements = frame.with_columns(**communs)
    remunerations = versements.with_columns(**valeurs, **absentes)
    return Arbre(grammaire, {VERSEMENT: versements, REMUNERATION: remunerations})


@pytest.fixture
def plus_grand(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of rows of every join that is made."""
    vus: list[int] = []
    join = pl.LazyFrame.join

    def watch(gauche: pl.LazyFrame, *args: Any, **options: Any) -> pl.LazyFrame:
        jointe = join(gauche, *args, **options)
        vus.append(jointe.select(pl.len()).collect().item())
        return jointe

    monkeypatch.setattr(pl.LazyFrame, "join", watch)
    return vus


@pytest.mark.parametrize(
    ("condition", "attendu"),
    [
        ('existe(b51, r51_011 == "001", dans=b05)', [True] * 50_000),
        ("existe(b51, r51_011 == moi.r51_011, dans=b05)", [True] * 50_000),
        ("autres(b51, r51_011 == moi.r51_011, dans=b05)", [True] * 50_000),
        ("autres(b51, r51_011 != moi.r51_011, dans=b05)", [False] * 50_000),
        ("autres(b51, r51_010 == moi.r51_010, dans=b05)", [False] * 50_000),
        ("compte(b51, r51_011 == moi.r51_011, dans=b05) == 50000", [True] * 50_000),
        ("compte(b51, r51_011 >= moi.r51_011, dans=b05) == 50000", [True] * 50_000),
        ("maximum(r51_012, r51_011 == moi.r51_011, dans=b05) == 499.99", [True] * 50_000),
    ],
)
def test_a_value_that_many_share_makes_no_product(
    condition: str, attendu: list[bool], plus_grand: list[int]
) -> None:
    """Under a whole declaration, there are never more pairs than judged rows."""
    vues = evaluate(crowd(50_000), REMUNERATION, condition)
    assert [vue for (vue,) in vues] == attendu
    assert max(plus_grand) <= 50_000


def test_values_that_all_differ_are_paired_a_slice_at_a_time(
    plus_grand: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frame of pairs is bounded, and what it finds is the same."""
    conditions = (
        "autres(b51, r51_012 > moi.r51_012, dans=b05)",
        "compte(b51, r51_012 < moi.r51_012, dans=b05) >= 0.10",
        "somme(r51_012, r51_012 <= moi.r51_012, dans=b05) <= 1.00",
    )
    entier = evaluate(crowd(400), REMUNERATION, *conditions)
    assert max(plus_grand) > 5_000
    plus_grand.clear()
    monkeypatch.setattr(langage, "PAIRES_MAXIMALES", 5_000)
    assert evaluate(crowd(400), REMUNERATION, *conditions) == entier
    assert max(plus_grand) <= 5_000
    assert {vue for vue in zip(*entier, strict=True) if len(set(vue)) == 1} == set()
