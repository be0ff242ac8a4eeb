"""The money of leave a second time, slowly, in exact fractions, one taking after the other.

Written from the text of the rules; it shares nothing with the rules it checks.

    >>> half_up(Fraction(5, 1000)), half_up(Fraction(-5, 1000))
    (1, -1)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

UN_DIXIEME, TRENTE_POUR_CENT = Fraction(1, 10), Fraction(3, 10)
NOMS = ("PRINCIPAL", "CINQUIEME", "ENFANTS", "ANCIENNETE", "FRACTIONNEMENT")
LEGAUX = NOMS[:2]
A_PRIME = ("PRINCIPAL", "ANCIENNETE", "FRACTIONNEMENT")


def half_up(euros: Fraction) -> int:
    """Centimes of an amount of euros, a half going away from zero."""
    entier = math.floor(abs(euros) * 100 + Fraction(1, 2))
    return entier if euros >= 0 else -entier


@dataclass(frozen=True)
class Absence:
    """Time whose wages are rebuilt: months, share of the pay, euros already in the gross."""

    mois: Fraction
    poids: Fraction
    maintenu: Fraction = Fraction(0)


@dataclass(frozen=True)
class Exercice:
    """What the rights of a leave year are made of; euros, days, months."""

    jours: int
    mois: Fraction
    brut: Fraction
    r: Fraction
    prime: bool
    acquis: dict[str, Fraction]
    absences: tuple[Absence, ...] = ()

    def indemnite(self, r: Fraction) -> int:
        """Centimes, at a monthly pay: the better of both methods, each rounded."""
        dernier = half_up(r * self.mois * UN_DIXIEME)
        rebatis = sum((max(Fraction(0), r * a.poids * a.mois - a.maintenu) for a in self.absences),
                      Fraction(0))  # fmt: skip
        return max(dernier, half_up((self.brut + rebatis) * UN_DIXIEME))


@dataclass
class Prise:
    """A taking: days by counter, the pay that its request bears, the taking that it mirrors."""

    jours: dict[str, Fraction]
    salaire: Fraction = Fraction(0)
    annule: int | None = None
    indemnite: int = 0
    prime: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    primes: dict[str, int] = field(default_factory=dict)
    jours_prime: dict[str, Fraction] = field(default_factory=dict)


def value(exercice: Exercice, prises: list[Prise]) -> list[Prise]:
    """The same takings, each with its indemnity and its bonus."""
    faites: list[Prise] = []
    totaux: list[int] = []
    r = exercice.r
    for prise in prises:
        r = max(r, prise.salaire)
        totaux.append(exercice.indemnite(r))
        constant = len(set(totaux)) == 1
        if prise.annule is None:
            _value(exercice, prise, faites, totaux[-1], constant=constant)
        else:
            _mirror(prise, faites[prise.annule])
        faites.append(prise)
    return faites


def _mirror(prise: Prise, origine: Prise) -> None:
    prise.jours = {nom: -j for nom, j in origine.jours.items()}
    prise.jours_prime = {nom: -j for nom, j in origine.jours_prime.items()}
    prise.parts = {nom: -m for nom, m in origine.parts.items()}
    prise.primes = {nom: -m for nom, m in origine.primes.items()}
    prise.indemnite, prise.prime = -origine.indemnite, -origine.prime


def _value(
    exercice: Exercice, prise: Prise, avant: list[Prise], total: int, *, constant: bool
) -> None:
    ij = Fraction(total, 100 * exercice.jours)
    groupes = (LEGAUX, *((nom,) for nom in NOMS[2:]))
    for groupe in groupes:
        acquis = sum((exercice.acquis[nom] for nom in groupe), Fraction(0))
        deja = sum((p.jours.get(nom, Fraction(0)) for p in avant for nom in groupe), Fraction(0))
        pris = sum((prise.jours.get(nom, Fraction(0)) for nom in groupe), Fraction(0))
        du = total if groupe == LEGAUX else half_up(ij * acquis)
        montant = sum(half_up(ij * prise.jours.get(nom, Fraction(0))) for nom in groupe)
        if constant and pris > 0 and deja + pris == acquis:
            montant = du - sum(p.parts.get(groupe[0], 0) for p in avant)
        prise.parts[groupe[0]] = montant
    for nom in A_PRIME if exercice.prime else ():
        ouverts = min(Fraction(24), Fraction(4, 5) * exercice.jours)
        ouverts = ouverts if nom == "PRINCIPAL" else exercice.acquis[nom]
        deja = sum((p.jours_prime.get(nom, Fraction(0)) for p in avant), Fraction(0))
        pris = prise.jours.get(nom, Fraction(0))
        if nom == "PRINCIPAL":
            pris = min(pris, max(Fraction(0), ouverts - deja))
        prise.jours_prime[nom] = pris
        prise.primes[nom] = half_up(TRENTE_POUR_CENT * ij * pris)
        if constant and pris > 0 and deja + pris == ouverts:
            solde = half_up(TRENTE_POUR_CENT * ij * ouverts)
            prise.primes[nom] = solde - sum(p.primes.get(nom, 0) for p in avant)
    prise.indemnite, prise.prime = sum(prise.parts.values()), sum(prise.primes.values())
