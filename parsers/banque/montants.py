"""What was paid, what a bank kept, what reached the account: three amounts, in cents.

An entry moves the account by its amount; its details tell operations, and charges that a bank took
on them or not. They are put together only when they close to the cent; nothing is guessed for a
credit, and a debit may tell its own amount without its charges (a direct debit that comes back).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Annonce(NamedTuple):
    """What a detail tells: amount and sign, amount of the order, charges (a cost is positive).

    `inclus`: the bank says that the charges are in the amount.
    """

    montant: int | None = None
    sens: int | None = None
    ordre: int | None = None
    frais: int | None = None
    inclus: bool = False


class Part(NamedTuple):
    """Signed cents: net (it moved the account) = brut (the operation) - frais (kept by a bank)."""

    net: int
    brut: int
    frais: int = 0


def share(
    total: int, annonces: Sequence[Annonce], frais_ecriture: int | None = None
) -> list[Part] | None:
    """A part for each detail, and one more for charges told of the whole; None when it fails.

    `total`: signed cents of the entry, which the parts add up to.
    """
    if len(annonces) == 1:
        part = _alone(total, annonces[0], frais_ecriture)
        return None if part is None else [part]
    sens = 1 if total >= 0 else -1
    for propre in (True, False):
        signes = [(a.sens or sens) if propre else sens for a in annonces]
        parts = _together(total, annonces, signes, frais_ecriture)
        if parts is not None:
            return parts
    return None


def _together(
    total: int, annonces: Sequence[Annonce], signes: Sequence[int], frais_ecriture: int | None
) -> list[Part] | None:
    """Details of net amounts, else of gross ones whose charges the bank tells."""
    lus = [a.ordre if a.montant is None else a.montant for a in annonces]
    montants = [m * s for m, s in zip(lus, signes, strict=True) if m is not None]
    if len(montants) < len(annonces):
        return None
    if sum(montants) == total:
        return [_net(m, a) for m, a in zip(montants, annonces, strict=True)]
    frais = [a.frais or 0 for a in annonces]
    if sum(montants) - sum(frais) == total:
        return [Part(m - f, m, f) for m, f in zip(montants, frais, strict=True)]
    if frais_ecriture and sum(montants) - frais_ecriture == total:
        return [*(Part(m, m) for m in montants), Part(-frais_ecriture, 0, frais_ecriture)]
    return None


def _net(montant: int, annonce: Annonce) -> Part:
    """A detail whose amount is what moved the account."""
    frais = annonce.frais or 0
    ordre = (annonce.ordre or 0) * (1 if montant >= 0 else -1)
    dedans = frais and (annonce.inclus or ordre - frais == montant)
    return _with(montant, frais) if dedans else Part(montant, montant)


def _with(net: int, frais: int) -> Part:
    """Charges taken from the amount, unless they would turn a payment into a debit."""
    brut = net + frais
    return Part(net, brut, frais) if (brut > 0) == (net > 0) else Part(net, net)


def _alone(total: int, annonce: Annonce, frais_ecriture: int | None) -> Part | None:
    """The only detail of an entry: what moved the account is known."""
    sens = 1 if total >= 0 else -1
    frais = frais_ecriture if annonce.frais is None else annonce.frais
    bruts = [m * sens for m in (annonce.montant, annonce.ordre) if m is not None]
    if frais and total + frais in bruts:
        return Part(total, total + frais, frais)
    if total < 0:
        moindre = next((b for b in bruts if total < b < 0), None)
        if moindre is not None:
            return Part(total, moindre, moindre - total)
    if annonce.montant not in {None, abs(total)}:
        return None
    return _with(total, frais) if frais and annonce.inclus else Part(total, total)
