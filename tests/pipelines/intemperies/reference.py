"""The hours and the money of bad weather a second time, slowly, in exact fractions.

Written from the text of the rules (D5424-12 to D5424-27 and the settled choices), one employee at a
time, looking back over the lines before each line; it shares nothing with the rules it checks.

    >>> jour = Perdu("1", "D", "01", "2026-01-13 0730", date(2026, 1, 13), Fraction(8), Fraction(8))
    >>> [(ligne.carence, ligne.indemnisees) for ligne in compute_carriere([jour])]
    [(Fraction(1, 1), Fraction(7, 1))]
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

UNE_HEURE, SIX_HEURES, NEUF_HEURES, QUARANTE_CINQ = map(Fraction, (1, 6, 9, 45))
CINQUANTE_CINQ = 55
PLAFONDS = {2024: 29, 2025: 29, 2026: 30}


class Perdu(NamedTuple):
    """A lost day of one employee; hours net of replacement."""

    siren: str
    declaration: str
    arret: str
    debut: str
    date: date
    perdues: Fraction
    horaire: Fraction
    ij_avant: int = 0


@dataclass
class Ligne:
    """What a lost day gives, and what its week and its stop have borne once it is counted."""

    jour: Perdu
    carence: Fraction = Fraction(0)
    indemnisees: Fraction = Fraction(0)
    premieres: Fraction = Fraction(0)
    codes: tuple[str, ...] = ()
    carence_portee: Fraction = Fraction(0)
    six_portees: Fraction = Fraction(0)
    compte_pour: Fraction = Fraction(0)

    @property
    def semaine(self) -> tuple[int, int]:
        """ISO year and week."""
        return self.jour.date.isocalendar()[:2]

    @property
    def arret(self) -> tuple[str, str, str]:
        """The continuous stop."""
        return self.jour.siren, self.jour.declaration, self.jour.arret


@dataclass(frozen=True)
class Choix:
    """Answers to the options, those of the fund by default."""

    plus_d_une_semaine: bool = False
    par_declaration: bool = False
    au_prorata: bool = False


def compute_carriere(jours: list[Perdu], choix: Choix = Choix()) -> list[Ligne]:
    """Every line, in the order in which they are counted (I-25)."""
    ordonnes = sorted(jours, key=lambda j: (j.date, j.debut, j.siren, j.declaration, j.arret))
    lignes: list[Ligne] = []
    comptes: dict[int, Fraction] = {}
    for jour in ordonnes:
        ligne = Ligne(jour)
        if jour.perdues > 0:
            open_declaration(ligne, lignes, comptes)
            count(ligne, lignes, comptes, jours, choix)
        lignes.append(ligne)
    return lignes


def open_declaration(ligne: Ligne, avant: list[Ligne], comptes: dict[int, Fraction]) -> None:
    """Its first lost day: what the company tells of other employers may raise the count (I-35)."""
    annee = ligne.jour.date.year
    comptes.setdefault(annee, Fraction(0))
    comptees = [a for a in avant if a.jour.perdues > 0]
    if any(a.arret[:2] == ligne.arret[:2] for a in comptees):
        return
    de_l_annee = [a for a in comptees if a.jour.date.year == annee]
    siennes = sum(
        (a.compte_pour for a in de_l_annee if a.jour.siren == ligne.jour.siren), Fraction(0)
    )
    ailleurs = sum(
        (a.compte_pour for a in de_l_annee if a.jour.siren != ligne.jour.siren), Fraction(0)
    )
    comptes[annee] = max(comptes[annee], siennes + max(ailleurs, Fraction(ligne.jour.ij_avant)))


def count(
    ligne: Ligne,
    avant: list[Ligne],
    comptes: dict[int, Fraction],
    jours: list[Perdu],
    choix: Choix,
) -> None:
    """The waiting hour, the caps, the 55, the first six hours."""
    jour, annee = ligne.jour, ligne.jour.date.year
    comptees = [a for a in avant if a.jour.perdues > 0]
    seul = choix.plus_d_une_semaine and length(ligne, jours) <= 7
    soeurs = [a for a in comptees if a.semaine == ligne.semaine]
    du_meme_arret = [] if seul else [a for a in comptees if a.arret == ligne.arret]
    portee = max((x[-1].carence_portee for x in (soeurs, du_meme_arret) if x), default=Fraction(0))
    ligne.carence = min(UNE_HEURE - portee, jour.perdues)
    ligne.carence_portee = portee + ligne.carence
    reste = jour.perdues - ligne.carence
    du_jour = [a for a in comptees if a.jour.date == jour.date]
    for code, autres, plafond in (
        ("IN-020", du_jour, NEUF_HEURES),
        ("IN-021", soeurs, QUARANTE_CINQ),
    ):
        possible = plafond - sum((a.indemnisees for a in autres), Fraction(0))
        if reste > possible:
            reste, ligne.codes = possible, (*ligne.codes, code)
    entamee = any(a.indemnisees > 0 for a in du_jour)
    if reste > 0 and not entamee and comptes[annee] >= CINQUANTE_CINQ:
        reste, ligne.codes = Fraction(0), (*ligne.codes, "IN-022")
    ligne.indemnisees = reste
    if reste > 0:
        entiere = Fraction(0 if entamee else 1)
        ligne.compte_pour = reste / jour.horaire if choix.au_prorata else entiere
        comptes[annee] += ligne.compte_pour
    groupes = [soeurs, du_meme_arret]
    if choix.par_declaration:
        groupes = [[a for a in comptees if a.arret[:2] == ligne.arret[:2]]]
    portees = max((x[-1].six_portees for x in groupes if x), default=Fraction(0))
    ligne.premieres = min(reste, SIX_HEURES - portees)
    ligne.six_portees = portees + ligne.premieres


def length(ligne: Ligne, jours: list[Perdu]) -> int:
    """Days from the first to the last lost day of the stop."""
    dates = [
        j.date for j in jours if (j.siren, j.declaration, j.arret) == ligne.arret and j.perdues > 0
    ]
    return (max(dates) - min(dates)).days + 1


def half_up(exact: Fraction) -> int:
    """Centimes of an amount of euros, a half going away from zero."""
    entier = math.floor(abs(exact) * 100 + Fraction(1, 2))
    return entier if exact >= 0 else -entier


def campagne(jour: date) -> str:
    """April to March."""
    annee = jour.year if jour.month >= 4 else jour.year - 1
    return f"{annee}-{(annee + 1) % 100:02}"


def price(taux: Fraction, annee: int, heures: Fraction) -> int:
    """Three quarters of the wage, within 1.2 times the ceiling of the year; centimes."""
    return half_up(Fraction(3, 4) * min(taux, Fraction(6, 5) * PLAFONDS[annee]) * heures)


def refund(premieres: int, total: int, s: Fraction, a: int, k: Fraction = Fraction(1)) -> int:
    """R in centimes, of I1 and I, of wages and abatement in centimes."""
    if s <= a:
        return 0
    taux = Fraction(9, 10) if s <= 3 * a else Fraction(17, 20)
    rendu = (s - a) / s * (Fraction(1, 10) * premieres + taux * (total - premieres)) * k
    return half_up(rendu / 100)


def share(declaree: int, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What was paid, over the parts (I, I1) in order: largest remainder, ties to the first."""
    total = sum(i for i, _ in parts)
    if declaree >= total - 1:
        return parts
    exactes = [Fraction(declaree * i, total) for i, _ in parts]
    donnees = [math.floor(e) for e in exactes]
    ordre = sorted(range(len(parts)), key=lambda n: (donnees[n] - exactes[n], n))
    for n in ordre[: declaree - sum(donnees)]:
        donnees[n] += 1
    return [
        (retenue, half_up(Fraction(i1 * retenue, i) / 100) if i else 0)
        for retenue, (i, i1) in zip(donnees, parts, strict=True)
    ]
