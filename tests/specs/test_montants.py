"""The rounding helper against Python's decimal arithmetic, over all of Int64."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.montants import PPM, round_half_away, rounded_product, rounded_ratio

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
# ROUND_HALF_UP of decimal rounds a half away from zero, whatever the sign.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)

int64 = st.integers(INT64_MIN, INT64_MAX) | st.sampled_from([INT64_MIN, INT64_MAX, -1, 0, 1])
diviseurs = st.sampled_from([1, 2, 3, 100, PPM, INT64_MAX]) | st.integers(1, INT64_MAX)


def attendu(numerateur: int, denominateur: int) -> int:
    """The same ratio by decimal: exact to 120 digits, then rounded once."""
    ratio = EXACT.divide(Decimal(numerateur), Decimal(denominateur))
    return int(ratio.to_integral_value(ROUND_HALF_UP))


def evaluate(expression: pl.Expr, **colonnes: int | None) -> int | None:
    """One row through Polars, columns in Int64."""
    frame = pl.DataFrame(
        {nom: [valeur] for nom, valeur in colonnes.items()}, dict.fromkeys(colonnes, pl.Int64)
    )
    resultat = frame.lazy().select(expression.alias("resultat")).collect()
    assert resultat.schema == {"resultat": pl.Int64}
    valeur: int | None = resultat["resultat"].item()
    return valeur


@given(int64, diviseurs)
def test_the_helper_is_decimal_half_up(numerateur: int, denominateur: int) -> None:
    """On integers, the result is that of exact decimal arithmetic."""
    assert round_half_away(numerateur, denominateur) == attendu(numerateur, denominateur)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_halves_go_away_from_zero(entier: int, moitie: int) -> None:
    """An exact half goes up when positive, down when negative, in both twins."""
    numerateur, denominateur = (2 * entier + 1) * moitie, 2 * moitie
    loin = entier + 1 if numerateur > 0 else entier
    assert round_half_away(numerateur, denominateur) == loin
    assert evaluate(rounded_ratio(pl.col("n"), denominateur), n=numerateur) == loin


@given(int64, diviseurs)
def test_the_expression_is_the_helper(numerateur: int, denominateur: int) -> None:
    """The Polars twin gives the same integer over all of Int64, extremes included."""
    obtenu = evaluate(rounded_ratio(pl.col("n"), denominateur), n=numerateur)
    assert obtenu == round_half_away(numerateur, denominateur)


@given(int64, int64, diviseurs)
def test_a_product_is_exact_or_refused(facteur: int, taux: int, denominateur: int) -> None:
    """A product never wraps: it is exact, or it raises when Int64 cannot hold it."""
    exact = round_half_away(facteur * taux, denominateur)
    expression = rounded_product(pl.col("f"), pl.col("t"), denominateur)
    if INT64_MIN <= exact <= INT64_MAX:
        assert evaluate(expression, f=facteur, t=taux) == exact
    else:
        with pytest.raises(pl.exceptions.InvalidOperationError):
            evaluate(expression, f=facteur, t=taux)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_rounding_is_odd(numerateur: int, denominateur: int) -> None:
    """A credit is the exact opposite of the debit that it cancels."""
    assert round_half_away(-numerateur, denominateur) == -round_half_away(numerateur, denominateur)


def test_the_march_call() -> None:
    """13 500.00 EUR at 21 % is 2 835.00 EUR, and -120.00 EUR at 21 % is -25.20 EUR."""
    frame = pl.DataFrame({"base": [1_350_000, -12_000], "taux": [210_000, 210_000]})
    montants = frame.select(rounded_product(pl.col("base"), pl.col("taux")))
    assert montants.to_series().to_list() == [283_500, -2_520]


def test_an_unknown_amount_stays_unknown() -> None:
    """A null factor gives a null amount, never zero."""
    assert evaluate(rounded_product(pl.col("f"), pl.col("t")), f=None, t=210_000) is None


@pytest.mark.parametrize("denominateur", [0, -1])
def test_a_denominator_is_positive(denominateur: int) -> None:
    """Zero and negative denominators are refused by both twins."""
    with pytest.raises(ValueError, match="positif"):
        round_half_away(1, denominateur)
    with pytest.raises(ValueError, match="positif"):
        rounded_ratio(pl.col("n"), denominateur)
