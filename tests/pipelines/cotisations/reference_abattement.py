"""The abatement of the weather contribution a second time, slowly, as one would do it by hand.

Written from the text of choice C-05 alone (with C-01, C-02 and C-08), one company at a time, one
month after the other, on integers and fractions; it shares nothing with the rules that it checks.

    >>> base = {("C8000101", "2025-04", "2025-04", "CI_GOTP"): 2_000_000}
    >>> list(compute_appels(Employeur(declares={"2025-04"}, bases=base)).values())
    [Rangee(base=2000000, abattement=792000, taux=6800, montant=8214)]
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

Mois = str  # AAAA-MM: the order of texts is that of months
Cle = tuple[str, Mois, Mois, str]  # cdg, month of call, month of attachment, contribution
Place = tuple[str, Mois, str]  # cdg, month of attachment, contribution
Porteur = tuple[str, str]  # cdg, contribution

# What the decrees give for each campaign, named by the year of its April.
ABATTEMENT_ANNUEL = {
    2014: 7_544_400,
    2015: 7_624_800,
    2016: 7_688_400,
    2017: 7_808_400,
    2018: 7_904_400,
    2019: 8_024_400,
    2020: 8_120_400,
    2021: 8_200_800,
    2022: 8_456_400,
    2023: 9_016_800,
    2024: 9_320_400,
    2025: 9_504_000,
    2026: 9_616_800,
}
# The rates, each from a campaign on; they are known up to the last campaign above.
TAUX_PPM = {
    "CI_GOTP": {2014: 13_700, 2016: 9_800, 2018: 8_400, 2019: 7_400, 2021: 6_800},
    "CI_SO": {2014: 3_100, 2016: 2_100, 2018: 1_700, 2019: 1_500, 2021: 1_300},
}


@dataclass
class Employeur:
    """What C-05 asks of one SIREN.

    `declares`: the months that an establishment of it declared (DSN 01, 02, 03 or 05, TDP,
    estimate). `bases`: those of its lines of codes 34 and 35, in centimes, after the share of
    mixed activity and the rounding of C-01, even nil.
    """

    declares: set[Mois] = field(default_factory=set)
    bases: dict[Cle, int] = field(default_factory=dict)
    debut_activite: date | None = None
    fin_activite: date | None = None
    strategie: str = "mensuel_cumule"  # option imputation_abattement
    prorata: str = "mois_entame"  # option prorata_activite
    taux: str = "rattachement"  # option taux_des_regularisations


class Rangee(NamedTuple):
    """What a call bears for one month of attachment and contribution of a management centre."""

    base: int
    abattement: int
    taux: int
    montant: int


class MoisRecalcule(NamedTuple):
    """One month of the list of a campaign, as a month of call sees it."""

    mois: Mois
    bases: dict[Porteur, int]
    droit: int
    cumul_bases: int
    assiette_cumulee: int
    assiette: int
    parts: dict[Porteur, int]


class Position(NamedTuple):
    """A company in a campaign that a month of call touches."""

    base: int
    cumul: int
    droit: int
    assiette_cumulee: int
    assiette: int
    abattement: int


def arrondi(exact: Fraction) -> int:
    """To the nearest, a half away from zero."""
    entier = math.floor(abs(exact) + Fraction(1, 2))
    return entier if exact >= 0 else -entier


def campagne(mois: Mois) -> int:
    """Year of the April in which the campaign of the month starts."""
    annee, numero = int(mois[:4]), int(mois[5:])
    return annee if numero >= 4 else annee - 1


def mois_de_la_campagne(annee: int) -> list[Mois]:
    """April to March."""
    return [f"{annee}-{n:02}" for n in range(4, 13)] + [f"{annee + 1}-{n:02}" for n in range(1, 4)]


def compute_appels(employeur: Employeur) -> dict[Cle, Rangee]:
    """Every row of every month of call: what it changes to what the call before had computed."""
    rangees: dict[Cle, Rangee] = {}
    avant: dict[Place, tuple[int, int]] = {}
    for appel in mois_d_appel(employeur):
        maintenant = compute_places(employeur, appel)
        for place in sorted(avant.keys() | maintenant.keys()):
            cdg, mois, cotisation = place
            base_avant, abattement_avant = avant.get(place, (0, 0))
            base, abattement = maintenant.get(place, (0, 0))
            if (base, abattement) != (base_avant, abattement_avant):
                rangees[cdg, appel, mois, cotisation] = compute_rangee(
                    base - base_avant,
                    abattement - abattement_avant,
                    read_taux(cotisation, appel if employeur.taux == "appel" else mois),
                )
        avant = maintenant
    return rangees


def compute_rangee(base: int, abattement: int, taux: int) -> Rangee:
    """The row, its amount rounded once from its own base and abatement (C-02)."""
    return Rangee(base, abattement, taux, arrondi(Fraction((base - abattement) * taux, 10**6)))


def compute_complements(
    rangees: Mapping[Cle, Rangee], publiees: Mapping[Cle, Rangee]
) -> dict[Cle, Rangee]:
    """What is still to be called when `publiees` (all ranks added up) already was (C-08).

    Differences of base, of abatement and of amount: the amount is not rounded again.
    """
    complements = {}
    for cle in sorted(rangees.keys() | publiees.keys()):
        du = rangees.get(cle, Rangee(0, 0, 0, 0))
        publie = publiees.get(cle, Rangee(0, 0, 0, 0))
        reste = Rangee(
            du.base - publie.base,
            du.abattement - publie.abattement,
            du.taux or publie.taux,
            du.montant - publie.montant,
        )
        if reste.base or reste.abattement or reste.montant:
            complements[cle] = reste
    return complements


def compute_positions(employeur: Employeur) -> dict[tuple[int, Mois], Position]:
    """By campaign and month of call that touches it, its first base called: where it stands."""
    positions = {}
    appels = mois_d_appel(employeur)
    for annee in campagnes(employeur, appels[-1]):
        cumul_avant = assiette_avant = 0
        premier = min((c[1] for c in employeur.bases if campagne(c[2]) == annee), default=None)
        for appel in appels:
            if premier is None or appel < premier or not touche(employeur, annee, appel):
                continue
            dernier = compute_campagne(employeur, annee, appel)[-1]
            base = dernier.cumul_bases - cumul_avant
            assiette = dernier.assiette_cumulee - assiette_avant
            positions[annee, appel] = Position(
                base,
                dernier.cumul_bases,
                dernier.droit,
                dernier.assiette_cumulee,
                assiette,
                base - assiette,
            )
            cumul_avant, assiette_avant = dernier.cumul_bases, dernier.assiette_cumulee
    return positions


def mois_d_appel(employeur: Employeur) -> list[Mois]:
    """Its months of call, in the order of months."""
    return sorted(employeur.declares | {appel for _, appel, _, _ in employeur.bases})


def campagnes(employeur: Employeur, appel: Mois) -> list[int]:
    """The campaigns of which a month is declared, or bears a base, up to the month of call."""
    declares = {campagne(mois) for mois in employeur.declares if mois <= appel}
    attachees = {campagne(cle[2]) for cle in employeur.bases if cle[1] <= appel}
    return sorted(declares | attachees)


def touche(employeur: Employeur, annee: int, appel: Mois) -> bool:
    """Whether the month of call is a declared month of the campaign, or calls a base of it."""
    declare = appel in employeur.declares and campagne(appel) == annee
    return declare or any(c[1] == appel and campagne(c[2]) == annee for c in employeur.bases)


def compute_places(employeur: Employeur, appel: Mois) -> dict[Place, tuple[int, int]]:
    """Base and abatement of every place of every campaign, computed again at a month of call."""
    places = {}
    for annee in campagnes(employeur, appel):
        for mois in compute_campagne(employeur, annee, appel):
            for cdg, cotisation in mois.bases.keys() | mois.parts.keys():
                base = mois.bases.get((cdg, cotisation), 0)
                part = mois.parts.get((cdg, cotisation), 0)
                places[cdg, mois.mois, cotisation] = (base, base - part)
    return places


def compute_campagne(employeur: Employeur, annee: int, appel: Mois) -> list[MoisRecalcule]:
    """The campaign month of attachment after month of attachment, as the month of call sees it."""
    par_mois: dict[Mois, dict[Porteur, int]] = defaultdict(lambda: defaultdict(int))
    for mois in employeur.declares:
        if mois <= appel and campagne(mois) == annee:
            par_mois[mois] = defaultdict(int)
    for (cdg, appele, mois, cotisation), base in employeur.bases.items():
        if appele <= appel and campagne(mois) == annee:
            par_mois[mois][cdg, cotisation] += base
    recalcules: list[MoisRecalcule] = []
    cumul_bases = assiette_cumulee = 0
    portees: dict[Porteur, int] = defaultdict(int)  # assiettes of the months before, added up
    for mois in sorted(par_mois):
        bases = par_mois[mois]
        cumul_bases += sum(bases.values())
        droit = compute_droit(employeur, annee, mois)
        avant, assiette_cumulee = assiette_cumulee, max(0, cumul_bases - droit)
        assiette = assiette_cumulee - avant
        parts = partager(assiette, positifs(bases) or positifs(portees))
        for porteur, part in parts.items():
            portees[porteur] += part
        recalcules.append(
            MoisRecalcule(mois, bases, droit, cumul_bases, assiette_cumulee, assiette, parts)
        )
    return recalcules


def positifs(montants: Mapping[Porteur, int]) -> dict[Porteur, int]:
    """Those of a positive amount."""
    return {porteur: montant for porteur, montant in montants.items() if montant > 0}


def partager(assiette: int, poids: Mapping[Porteur, int]) -> dict[Porteur, int]:
    """The amount in proportion to the weights, by largest remainder of it without its sign.

    Equal remainders: by centre, then contribution, the first takes the cent, of a credit too.
    """
    if assiette == 0:
        return {}
    signe, somme, total = (1 if assiette > 0 else -1), abs(assiette), sum(poids.values())
    exactes = {porteur: Fraction(somme * poids[porteur], total) for porteur in poids}
    parts = {porteur: math.floor(exacte) for porteur, exacte in exactes.items()}
    restes = sorted(poids, key=lambda porteur: (parts[porteur] - exactes[porteur], porteur))
    for porteur in restes[: somme - sum(parts.values())]:
        parts[porteur] += 1
    return {porteur: signe * part for porteur, part in parts.items()}


def compute_droit(employeur: Employeur, annee: int, mois: Mois) -> int:
    """A: the twelfths of the months of activity elapsed at the end of the month; B: the year's."""
    actifs = [m for m in mois_de_la_campagne(annee) if is_actif(employeur, m)]
    if employeur.strategie == "mensuel_cumule":
        actifs = [m for m in actifs if m <= mois]
    return arrondi(Fraction(read_abattement(annee) * len(actifs), 12))


def is_actif(employeur: Employeur, mois: Mois) -> bool:
    """Whether the month gives its twelfth, as the option `prorata_activite` says."""
    if employeur.prorata == "aucun":
        return True
    annee, numero = int(mois[:4]), int(mois[5:])
    premier, dernier = date(annee, numero, 1), date(annee, numero, monthrange(annee, numero)[1])
    debut, fin = employeur.debut_activite or date.min, employeur.fin_activite or date.max
    if employeur.prorata == "mois_complet":
        return debut <= premier and dernier <= fin
    return debut <= dernier and premier <= fin


def read_abattement(annee: int) -> int:
    """The published abatement of a campaign; LookupError when it is not known."""
    if annee not in ABATTEMENT_ANNUEL:
        raise LookupError(f"abattement de la campagne {annee}-{annee + 1}")
    return ABATTEMENT_ANNUEL[annee]


def read_taux(cotisation: str, mois: Mois) -> int:
    """The published rate of a month, in parts per million; LookupError when it is not known."""
    annee = campagne(mois)
    if annee not in ABATTEMENT_ANNUEL:
        raise LookupError(f"taux {cotisation} de {mois}")
    depuis = max(debut for debut in TAUX_PPM[cotisation] if debut <= annee)
    return TAUX_PPM[cotisation][depuis]
