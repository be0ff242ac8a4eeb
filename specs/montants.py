"""The one rounding of the house: on integers, half away from zero.

Money is Int64 cents and rates are integers in parts per million, so that an amount is always a
ratio of integers, rounded once: `montant = round(base x taux / PPM)`. A float cannot hold it, and
a decimal product of Polars rounds too early (docs/adr/0002).

    >>> round_half_away(1_000_050 * 210_000, PPM)  # 10 000.50 EUR at 21 %: 2 100.105 EUR
    210011
"""

from __future__ import annotations

import polars as pl

PPM = 1_000_000


def round_half_away(numerateur: int, denominateur: int) -> int:
    """`numerateur / denominateur` to the nearest integer, a half going away from zero.

    Exact at any size; ValueError unless `denominateur` is positive.
    """
    _check_denominateur(denominateur)
    quotient, reste = divmod(numerateur, denominateur)
    # divmod floors: below zero, the floor of a half is already the one away from zero.
    monte = 2 * reste > denominateur or (2 * reste == denominateur and numerateur > 0)
    return quotient + monte


def rounded_ratio(numerateur: pl.Expr, denominateur: int) -> pl.Expr:
    """`round_half_away` as an expression: Int64 out, null for null.

    `numerateur` is read as Int128: a product must be made in Int128 before it comes here (see
    `rounded_product`), since a product of Int64 wraps silently. A result that Int64 cannot hold
    raises InvalidOperationError when the frame is collected.
    """
    _check_denominateur(denominateur)
    return rounded_quotient(numerateur, pl.lit(denominateur, dtype=pl.Int128))


def rounded_quotient(numerateur: pl.Expr, denominateur: pl.Expr) -> pl.Expr:
    """`rounded_ratio` by a denominator of the row, which is positive; both are read as Int128."""
    large, diviseur = numerateur.cast(pl.Int128), denominateur.cast(pl.Int128)
    # Half of it, less one below zero, where the floor of a half is the one away. Each operand is
    # written as few times as can be: an expression is worked out as often as it is written.
    demi = (diviseur - (large < 0).cast(pl.Int128)) // 2
    return ((large + demi) // diviseur).cast(pl.Int64, strict=True)


def rounded_product(facteur: pl.Expr, taux: pl.Expr, denominateur: int = PPM) -> pl.Expr:
    """`facteur x taux / denominateur` rounded once, e.g. cents by parts per million to cents.

    Both factors are Int64: their product always fits the Int128 in which it is made.
    """
    return rounded_ratio(facteur.cast(pl.Int128) * taux.cast(pl.Int128), denominateur)


def _check_denominateur(denominateur: int) -> None:
    if denominateur <= 0:
        raise ValueError(f"dénominateur positif attendu : {denominateur}")
