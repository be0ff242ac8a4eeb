"""The money of leave a second time, slowly, in exact fractions, one taking after the other.

Written from the text of the rules; it shares nothing with the rules it checks.

    >>> half_up(Fraction(5, 1000)), half_up(Fraction(-5, 1000))
    (1, -1)
"""

from __future__ import annotations

import math
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
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


PSS = {2025: 3925, 2026: 4005}
GRILLE_2026 = (
    (1635, "0"), (1698, "0.5"), (1807, "1.3"), (1928, "2.1"), (2060, "2.9"), (2170, "3.5"),
    (2315, "4.1"), (2738, "5.3"), (3135, "7.5"), (3571, "9.9"), (4019, "11.9"), (4690, "13.8"),
    (5624, "15.8"), (7037, "17.9"), (8789, "20"), (12200, "24"), (16523, "28"), (25937, "33"),
    (55558, "38"),
)  # fmt: skip


@dataclass(frozen=True)
class Conge:
    """A payment of 2026 in centimes: its days, what was paid of them and of its month before."""

    brut: int
    debut: date
    fin: date
    direct: bool
    categorie: str
    taux: Fraction | None
    deja_conge: int
    deja_mois: int


def cents(centimes: Fraction) -> int:
    """Rounded to the centime, a half going away from zero."""
    return half_up(centimes / 100)


def ceiling(debut: date, fin: date) -> int:
    """Centimes: each month's ceiling, in proportion to its days of leave."""
    total, jour = 0, debut
    par_mois: dict[tuple[int, int], int] = {}
    while jour <= fin:
        mois = (jour.year, jour.month)
        par_mois[mois] = par_mois.get(mois, 0) + 1
        jour += timedelta(days=1)
    for (annee, mois_civil), jours in par_mois.items():
        total += half_up(Fraction(PSS[annee] * jours, monthrange(annee, mois_civil)[1]))
    return total


def csg_base(brut: int) -> int:
    """98.25 % up to four monthly ceilings, all of the rest."""
    seuil = 4 * PSS[2026] * 100
    return cents(Fraction(9825, 10_000) * min(brut, seuil)) + max(0, brut - seuil)


def withhold(conge: Conge) -> dict[str, int]:
    """Every amount withheld, by code, then the taxable and the net, in centimes."""
    plafond = ceiling(conge.debut, conge.fin)
    sous = min(conge.deja_conge + conge.brut, plafond) - min(conge.deja_conge, plafond)
    dessus = conge.brut - sous
    base = csg_base(conge.deja_mois + conge.brut) - csg_base(conge.deja_mois)
    part = {"VPLA": (sous, "6.90"), "VDEP": (conge.brut, "0.40")}
    if conge.direct:
        part["RCT1"] = sous, "3.40" if conge.categorie == "E" else "3.15"
        part["CEG1"] = sous, "0.86"
        if conge.categorie != "C":
            part["PREV"] = conge.brut, "0.60" if conge.categorie == "E" else "0.87"
        if dessus:
            part |= {
                "RCT2": (dessus, "8.64"),
                "CEG2": (dessus, "1.08"),
                "CET": (conge.brut, "0.14"),
            }
    retenus = {code: cents(a * Fraction(taux) / 100) for code, (a, taux) in part.items()}
    csg, deductible = (cents(base * Fraction(taux) / 100) for taux in ("9.2", "6.8"))
    imposable = conge.brut - sum(retenus.values()) - deductible
    retenus |= {"CSGD": deductible, "CSGN": csg - deductible, "CRDS": cents(Fraction(base, 200))}
    taux = conge.taux
    if taux is None:
        bareme = (t for plafond_euros, t in GRILLE_2026 if imposable < plafond_euros * 100)
        taux = Fraction(next(bareme, "43")) / 100
    retenus["PAS"] = cents(max(0, imposable) * taux)
    net = imposable - retenus["CSGN"] - retenus["CRDS"] - retenus["PAS"]
    return retenus | {"imposable": imposable, "net": net}
