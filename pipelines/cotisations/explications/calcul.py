"""The figures of a line computed again, in integers of Python: another hand than the night's.

Sources: rules/decisions C-01 to C-05. What is compared is the sum of the lines of one key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pipelines.cotisations.explications.valeurs import Calcul, LigneAnterieure, Mesures
from pipelines.cotisations.regles.assiettes import CENTIEMES_PAR_HEURE, CENTIMES_PAR_EURO
from pipelines.explications.valeurs import Ecart
from specs.montants import PPM, round_half_away

QUOI = {
    "base_brute_centimes": "base brute",
    "heures_centiemes": "heures",
    "base_centimes": "base",
    "abattement_centimes": "abattement",
    "montant_centimes": "montant",
}


def compute_base(
    quantite: int, salaire_centimes: int | None, part_ppm: int, coefficient_ppm: int, *, euro: bool
) -> tuple[int, Fraction, int]:
    """Base before the share kept, exact base, rounded base, in centimes.

    `salaire_centimes`: of an hour, when `quantite` is in hundredths of an hour; None: in centimes.
    """
    brute = Fraction(quantite)
    if salaire_centimes is not None:
        brute = Fraction(quantite * salaire_centimes, CENTIEMES_PAR_HEURE)
    exacte = brute * Fraction(part_ppm, PPM) * Fraction(coefficient_ppm, PPM)
    unite = CENTIMES_PAR_EURO if euro else 1
    return rounded(brute), exacte, rounded(Fraction(exacte, unite)) * unite


def rounded(exact: Fraction) -> int:
    """The nearest integer, a half going away from zero."""
    return round_half_away(exact.numerator, exact.denominator)


def compute_montant(
    quantite: int,
    base: tuple[int, Fraction, int] | None,
    abattement_centimes: int | None,
    taux_ppm: int,
) -> Calcul:
    """Every figure of a key; those that a lacking value hides are None."""
    brute, exacte, arrondie = base if base is not None else (None, None, None)
    exact = None
    if arrondie is not None and abattement_centimes is not None:
        exact = (arrondie - abattement_centimes) * Fraction(taux_ppm, PPM)
    return Calcul(
        quantite=quantite,
        base_brute_centimes=brute,
        base_exacte=exacte,
        base_centimes=arrondie,
        abattement_centimes=abattement_centimes,
        montant_exact=exact,
        montant_centimes=None if exact is None else rounded(exact),
    )


def check_ligne(
    objet: str,
    calcul: Calcul,
    heures: int | None,
    publiee: Mesures,
    anterieures: Sequence[LigneAnterieure],
) -> Iterator[Ecart]:
    """Figures that do not close: computed, less the former calls, against the published line."""
    for nom, quoi in QUOI.items():
        calcule = heures if nom == "heures_centiemes" else getattr(calcul, nom)
        deja = sum(getattr(a.mesures, nom) or 0 for a in anterieures)
        publie = getattr(publiee, nom) or 0
        if nom == "heures_centiemes" and calcule is None:
            calcule = 0
        difference = None if calcule is None else calcule - deja
        if difference != publie:
            yield Ecart(objet, quoi, difference, publie)
