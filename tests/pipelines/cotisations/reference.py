"""A slow second computation of the lines of call, on plain Python integers and fractions.

Written from the rules (cotisations sections 2 to 7, choices C-01 to C-06), one company at a time,
one month after the other; it shares nothing with the rules that it checks. Its values are those of
the published tables for the months from April 2024 to December 2026.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.pipelines.cotisations.reference_abattement import (
    Employeur,
    Position,
    compute_appels,
    compute_positions,
)

Mois = str  # AAAA-MM
Base = tuple[str, Mois, Mois, str, int]  # cdg, month of call, month of attachment, code, quantity
Cle = tuple[str, Mois, Mois, str]  # cdg, month of call, month of attachment, contribution

SIMPLES = {"20": "CP", "21": "OPPBTP_PERM", "024": "OPPBTP_INT", "FRAC": "FRAC"}
INTEMPERIES = {"34": "CI_GOTP", "35": "CI_SO"}
SALAIRE = {"2024": 1_427, "2025": 1_463, "2026": 1_491}
TAUX = {"OPPBTP_PERM": 1_100, "OPPBTP_INT": 1_100, "CI_GOTP": 6_800, "CI_SO": 1_300, "FRAC": 10**6}
SEUIL, TAUX_T1, TAUX_T2 = 200_000_000, 3_000, 1_500  # the rates are of the test: none is published


@dataclass
class Entreprise:
    """A company: what the registry and the fund's options say of it."""

    siren: str
    debut_activite: tuple[int, int, int] | None = None
    fin_activite: tuple[int, int, int] | None = None
    refactions: dict[str, tuple[Mois, int]] = field(default_factory=dict)  # cdg: from, ppm
    taux_oppbtp: dict[str, tuple[Mois, int]] = field(default_factory=dict)
    membre_depuis: Mois | None = None
    bases: list[Base] = field(default_factory=list)
    declares: set[Mois] = field(default_factory=set)  # with a base or without
    strategie: str = "mensuel_cumule"
    prorata: str = "mois_entame"
    euro: bool = False
    taux_de_l_appel: bool = False
    base_20_a_defaut: bool = True


@dataclass
class Ligne:
    """A line of call."""

    brute: int = 0
    heures: int | None = None
    base: int = 0
    abattement: int = 0
    taux: int = 0
    montant: int = 0


def arrondi(exact: Fraction) -> int:
    """To the nearest, a half away from zero."""
    entier = math.floor(abs(exact) + Fraction(1, 2))
    return entier if exact >= 0 else -entier


def compute(entreprise: Entreprise) -> dict[Cle, Ligne]:
    """Every line of the company."""
    lignes = _cumulees(entreprise)
    _abattre(entreprise, lignes)
    if entreprise.membre_depuis is not None:
        _trancher(lignes)
    for (cdg, appel, rattachement, cotisation), ligne in lignes.items():
        mois = appel if entreprise.taux_de_l_appel else rattachement
        ligne.taux = _taux(entreprise, cdg, cotisation, mois)
        ligne.montant = arrondi(Fraction((ligne.base - ligne.abattement) * ligne.taux, 10**6))
    return lignes


def _taux(entreprise: Entreprise, cdg: str, cotisation: str, mois: Mois) -> int:
    if cotisation == "CP":
        return 210_000 if mois >= "2026-01" else 202_000
    if cotisation == "OPPBTP_PERM" and cdg in entreprise.taux_oppbtp:
        debut, taux = entreprise.taux_oppbtp[cdg]
        return taux if mois >= debut else TAUX[cotisation]
    return (
        TAUX[cotisation] if cotisation in TAUX else {"T1": TAUX_T1, "T2": TAUX_T2}[cotisation[-2:]]
    )


def _cumulees(entreprise: Entreprise) -> dict[Cle, Ligne]:
    """Bases summed by contribution, then the share of mixed activity, rounded once."""
    sommes: dict[Cle, int] = defaultdict(int)
    for cdg, appel, rattachement, code, quantite in entreprise.bases:
        if cotisation := {**SIMPLES, **INTEMPERIES}.get(code):
            sommes[cdg, appel, rattachement, cotisation] += quantite
    for (cdg, appel, rattachement), quantite in _professionnelles(entreprise).items():
        sommes[cdg, appel, rattachement, "FNTP"] += quantite
    lignes = {}
    for cle, quantite in sommes.items():
        cdg, _, rattachement, cotisation = cle
        if cotisation == "OPPBTP_INT":
            base = arrondi(Fraction(quantite * SALAIRE[rattachement[:4]], 100))
            lignes[cle] = Ligne(brute=base, heures=quantite, base=base)
            continue
        part = Fraction(1)
        if cdg in entreprise.refactions and cotisation != "FRAC":
            debut, ppm = entreprise.refactions[cdg]
            part = Fraction(ppm, 10**6) if rattachement >= debut else part
        unite = 100 if entreprise.euro and cotisation != "FRAC" else 1
        base = arrondi(quantite * part / unite) * unite
        lignes[cle] = Ligne(brute=quantite, base=base)
    return lignes


def _professionnelles(entreprise: Entreprise) -> dict[tuple[str, Mois, Mois], int]:
    """Base 39 of a member, or base 20 for a month of attachment in which it declares no base 39."""
    sommes: dict[tuple[str, Mois, Mois], int] = defaultdict(int)
    if entreprise.membre_depuis is None:
        return sommes
    declares = {base[2] for base in entreprise.bases if base[3] == "39"}
    for cdg, appel, rattachement, code, quantite in entreprise.bases:
        a_defaut = code == "20" and entreprise.base_20_a_defaut and rattachement not in declares
        if rattachement >= entreprise.membre_depuis and (code == "39" or a_defaut):
            sommes[cdg, appel, rattachement] += quantite
    return sommes


def _abattre(entreprise: Entreprise, lignes: dict[Cle, Ligne]) -> None:
    """The weather contribution, campaign by campaign: see `reference_abattement`."""
    du_regime = {cle: lignes.pop(cle) for cle in list(lignes) if cle[3] in INTEMPERIES.values()}
    for cle, rangee in compute_appels(_employeur(entreprise, du_regime)).items():
        brute = du_regime.get(cle, Ligne()).brute
        lignes[cle] = Ligne(brute, None, rangee.base, rangee.abattement)
    # What is declared is told, even where nothing of it remains once shared and rounded.
    perdues = {cle: ligne for cle, ligne in du_regime.items() if ligne.brute}
    lignes.update({cle: ligne for cle, ligne in perdues.items() if cle not in lignes})


def compute_campagnes(entreprise: Entreprise) -> dict[tuple[int, Mois], Position]:
    """Where the company stands in each campaign, from its first base on, by month of call."""
    lignes = _cumulees(entreprise)
    du_regime = {cle: ligne for cle, ligne in lignes.items() if cle[3] in INTEMPERIES.values()}
    return compute_positions(_employeur(entreprise, du_regime)) if du_regime else {}


def _employeur(entreprise: Entreprise, lignes: dict[Cle, Ligne]) -> Employeur:
    return Employeur(
        declares=entreprise.declares,
        bases={cle: ligne.base for cle, ligne in lignes.items()},
        debut_activite=date(*entreprise.debut_activite) if entreprise.debut_activite else None,
        fin_activite=date(*entreprise.fin_activite) if entreprise.fin_activite else None,
        strategie=entreprise.strategie,
        prorata=entreprise.prorata,
    )


def partager(somme: int, poids: dict[Cle, int]) -> dict[Cle, int]:
    """`somme` cut by weights: whole parts, then one centime to the largest remainders."""
    total = sum(poids.values())
    if not total:
        return {}
    exactes = {cle: Fraction(abs(somme) * p, total) for cle, p in poids.items()}
    parts = {cle: math.floor(exacte) for cle, exacte in exactes.items()}
    ordre = sorted(poids, key=lambda c: (parts[c] - exactes[c], c[0], c[2], c[3]))
    for cle in ordre[: abs(somme) - sum(parts.values())]:
        parts[cle] += 1
    return {cle: part if somme >= 0 else -part for cle, part in parts.items()}


def _trancher(lignes: dict[Cle, Ligne]) -> None:
    """Replaces FNTP by its two tranches: t1 = min(after, S) - min(before, S), t2 is the rest."""
    for annee in sorted({cle[2][:4] for cle in lignes if cle[3] == "FNTP"}):
        apres = 0
        for appel in sorted({c[1] for c in lignes if c[3] == "FNTP" and c[2][:4] == annee}):
            cles = [c for c in lignes if c[1] == appel and c[2][:4] == annee and c[3] == "FNTP"]
            avant, apres = apres, apres + sum(lignes[cle].base for cle in cles)
            t2 = max(apres, SEUIL) - max(avant, SEUIL)
            poids = {c: lignes[c].base for c in cles if lignes[c].base > 0}
            poids = poids or {c: -lignes[c].base for c in cles if lignes[c].base < 0}
            parts = partager(t2, poids)
            for cle in cles:
                ligne, au_dela = lignes.pop(cle), parts.get(cle, 0)
                for code, hors in (("FNTP_T1", au_dela), ("FNTP_T2", ligne.base - au_dela)):
                    lignes[*cle[:3], code] = Ligne(ligne.brute, None, ligne.base, hors)
